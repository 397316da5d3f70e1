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

# PGHOST, PGPORT, PGUSER and PGPASSWORD say where PostgreSQL is, and who may make roles and databases there.
module "database" {
  source = "./postgresql" # or ./psql

  name             = "iwd-100"
  password         = var.secrets.db_password
  password_version = var.secrets_version
}

resource "iwd_tenant" "t100" {
  short_id           = "100"
  name               = "t100"
  ccid               = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key_wo         = var.secrets.tenant_api_key
  secrets_wo_version = var.secrets_version

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host        = var.db_host
      port        = var.db_port
      database    = module.database.database
      user        = module.database.user
      password_wo = var.secrets.db_password
    }

    api_keys {
      tenant_wo = var.secrets.iwd_api_key
    }
  }
}
