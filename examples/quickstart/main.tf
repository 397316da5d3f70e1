# One IWD tenant: the one of the API's own documentation.

terraform {
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
  short_id = "100"
  name     = "t100"
  ccid     = "d846c51e-1fe8-4118-bf32-cf0b4ef29032"
  api_key  = var.tenant_api_key

  gws {
    url               = "http://gws-service-proxy.gws"
    auth_url          = "http://gauth-auth.gauth"
    auth_redirect_url = "https://gauth.nlb01-uswest1.gcpe001.gencpe.net"
    client_id         = "iwd_client"
    client_secret     = var.gws_client_secret
    username          = "nexus"
    token             = var.gws_token
  }

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host     = "pgdb-dgt-postgresql.infra"
      database = "iwd-100"
      user     = "iwd-100"
      password = var.db_password
    }

    api_keys {
      tenant = var.iwd_api_key
      iwddm  = var.iwddm_api_key
    }
  }
}

# The secrets above end up in Terraform's state, masked only where Terraform prints it. Terraform 1.11 and later can keep
# them out: declare each variable with `ephemeral = true` (and `sensitive = true`) and give its value to the attribute's
# write-only twin, `api_key_wo` instead of `api_key` and so on. The provider notices when such a value changes.
