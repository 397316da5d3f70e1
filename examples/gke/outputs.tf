output "iwd_endpoint" {
  description = "Where Terraform reaches IWD."
  value       = local.iwd_endpoint
}

output "iwd_api_key" {
  description = "The secret with the key for the systems that submit work."
  value       = google_secret_manager_secret.made["iwd-api-key"].id
}

output "tenant_revision" {
  description = "How often the tenant was sent."
  value       = iwd_tenant.this.revision
}
