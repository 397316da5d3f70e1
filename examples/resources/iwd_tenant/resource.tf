# Secrets as write-only arguments, which reach neither state nor plan files. Terraform 1.11 and later.

variable "secrets" {
  type = object({
    tenant_api_key    = string
    gws_client_secret = string
    gws_token         = string
    db_password       = string
    iwd_api_key       = string
    iwddm_api_key     = string
  })
  sensitive = true
  ephemeral = true
}

resource "iwd_tenant" "t100" {
  short_id   = "100"
  name       = "t100"
  ccid       = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  api_key_wo = var.secrets.tenant_api_key

  gws {
    url               = "http://gws-service-proxy.gws"
    auth_url          = "http://gauth-auth.gauth"
    auth_redirect_url = "https://gauth.example.com"
    client_id         = "iwd_client"
    client_secret_wo  = var.secrets.gws_client_secret
    username          = "default"
    token_wo          = var.secrets.gws_token
  }

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
      iwddm_wo  = var.secrets.iwddm_api_key
    }
  }

  # Takes effect with an apply, so it must be switched off by one before a destroy.
  deletion_protection = true
}
