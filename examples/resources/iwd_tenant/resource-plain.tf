# Secrets that are stored in state, for Terraform before 1.11 and OpenTofu before 1.11.

variable "tenant_api_key" {
  type      = string
  sensitive = true # Terraform 0.14; leave it out before
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "iwd_api_key" "tenant" {}

resource "iwd_tenant" "t100" {
  short_id = "100"
  name     = "t100"
  ccid     = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key  = var.tenant_api_key

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host     = "pgdb-dgt-postgresql.infra"
      database = "iwd-100"
      user     = "iwd-100"
      password = var.db_password
    }

    api_keys {
      tenant = iwd_api_key.tenant.key
    }
  }

  # Leaves what IWD did not put into Digital Channels.
  on_destroy = "delete_services"
}
