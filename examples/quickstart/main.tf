# One IWD tenant: the one of the API's own documentation.

terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

provider "iwd" {
  endpoint = var.endpoint
  api_key  = var.cluster_api_key
}

resource "iwd_tenant" "t100" {
  short_id   = "100"
  name       = "t100"
  ccid       = "d846c51e-1fe8-4118-bf32-cf0b4ef29032"
  api_key_wo = var.tenant_api_key

  gws {
    url               = "http://gws-service-proxy.gws"
    auth_url          = "http://gauth-auth.gauth"
    auth_redirect_url = "https://gauth.nlb01-uswest1.gcpe001.gencpe.net"
    client_id         = "iwd_client"
    client_secret_wo  = var.gws_client_secret
    username          = "nexus"
    token_wo          = var.gws_token
  }

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
