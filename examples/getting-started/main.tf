terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

# IWD_ENDPOINT and IWD_API_KEY say where IWD is and with which key it is called.
provider "iwd" {}

# Neither state nor plan files get to see these.
variable "secrets" {
  type = object({
    tenant_api_key = string
    db_password    = string
    iwd_api_key    = string
  })
  sensitive = true
  ephemeral = true
}

resource "iwd_tenant" "t100" {
  short_id   = "100"
  name       = "t100"
  ccid       = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key_wo = var.secrets.tenant_api_key

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host        = "postgres.infra"
      database    = "iwd-100"
      user        = "iwd-100"
      password_wo = var.secrets.db_password
    }

    api_keys {
      tenant_wo = var.secrets.iwd_api_key
    }
  }
}
