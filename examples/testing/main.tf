terraform {
  required_version = ">= 1.11"

  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

# For ephemeral keys alone, which no mocked provider makes. It talks to nobody and needs no settings.
provider "iwd" {
  alias = "keys"
}

variable "name" {
  type    = string
  default = "t100"
}

variable "deletion_protection" {
  type    = bool
  default = true
}

variable "secrets" {
  type = object({
    tenant_api_key = string
    db_password    = string
  })
  sensitive = true
  ephemeral = true
}

ephemeral "iwd_api_key" "tenant" {
  provider = iwd.keys
}

resource "iwd_tenant" "t100" {
  short_id           = "100"
  name               = var.name
  ccid               = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key_wo         = var.secrets.tenant_api_key
  secrets_wo_version = "1"

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host        = "pgdb-dgt-postgresql.infra"
      database    = "iwd-100"
      user        = "iwd-100"
      password_wo = var.secrets.db_password
    }

    api_keys {
      tenant_wo = ephemeral.iwd_api_key.tenant.key
    }
  }

  deletion_protection = var.deletion_protection
}

output "database" {
  value = "${iwd_tenant.t100.iwd.db.host}:${iwd_tenant.t100.iwd.db.port}"
}

output "marker" {
  value = "${iwd_tenant.t100.id}/${iwd_tenant.t100.revision}"
}
