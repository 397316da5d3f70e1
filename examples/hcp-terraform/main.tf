terraform {
  # Write-only arguments, which keep the secrets out of the states that HCP Terraform stores.
  required_version = ">= 1.11"

  cloud {
    organization = "acme"

    workspaces {
      name = "iwd-tenants"
    }
  }

  # From your private registry, the source is "app.terraform.io/acme/iwd".
  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

# Takes IWD_ENDPOINT and IWD_API_KEY from the workspace.
provider "iwd" {}

resource "iwd_tenant" "t100" {
  short_id   = "100"
  name       = "t100"
  ccid       = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key_wo = var.tenant_api_key

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host        = "pgdb-dgt-postgresql.infra"
      database    = "iwd-100"
      user        = "iwd-100"
      password_wo = var.db_password
    }

    api_keys {
      tenant_wo = var.iwd_api_key
      iwddm_wo  = var.iwddm_api_key
    }
  }
}
