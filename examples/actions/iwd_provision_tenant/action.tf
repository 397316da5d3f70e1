# terraform apply -invoke=action.iwd_provision_tenant.t100
action "iwd_provision_tenant" "t100" {
  config {
    short_id   = "100"
    name       = "t100"
    ccid       = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
    api_key_wo = var.secrets.tenant_api_key

    iwd {
      url = "http://iwd.iwd:4024"

      db {
        host        = "pgdb-dgt-postgresql.infra"
        database    = "iwd-100"
        user        = "iwd-100"
        password_wo = var.secrets.db_password
      }

      api_keys {
        tenant_wo = var.secrets.iwd_api_key
      }
    }
  }
}

# Ephemeral, so that no secret gets into a plan file.
variable "secrets" {
  type = object({
    tenant_api_key = string
    db_password    = string
    iwd_api_key    = string
  })
  sensitive = true
  ephemeral = true
}
