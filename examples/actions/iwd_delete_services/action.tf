# terraform apply -invoke=action.iwd_delete_services.email
action "iwd_delete_services" "email" {
  config {
    ccid     = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
    services = ["iWDEmail"]
  }
}
