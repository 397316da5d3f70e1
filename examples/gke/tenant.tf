locals {
  # Not known before the first apply, nor does it have to be.
  iwd_endpoint = var.iwd_endpoint != null ? var.iwd_endpoint : "http://${google_compute_address.iwd[0].address}:4024"
}

provider "iwd" {
  endpoint = local.iwd_endpoint
  api_key  = ephemeral.google_secret_manager_secret_version.given["tenant-api-key"].secret_data
}

resource "iwd_tenant" "this" {
  short_id            = var.tenant.short_id
  name                = var.tenant.name
  ccid                = var.tenant.ccid
  api_key_wo          = ephemeral.google_secret_manager_secret_version.given["tenant-api-key"].secret_data
  secrets_wo_version  = var.secrets_version
  deletion_protection = var.deletion_protection

  gws {
    url               = "http://gws-service-proxy.gws"
    auth_url          = "http://gauth-auth.gauth"
    auth_redirect_url = "https://gauth.${var.domain}"
    client_id         = "iwd_client"
    client_secret_wo  = ephemeral.google_secret_manager_secret_version.given["gws-client-secret"].secret_data
    username          = var.configuration_server_user
    token_wo          = ephemeral.google_secret_manager_secret_version.given["configuration-server-password"].secret_data
  }

  iwd {
    url = "http://iwd.iwd:4024"

    db {
      host        = google_sql_database_instance.this.private_ip_address
      database    = google_sql_database.this["iwd"].name
      user        = google_sql_user.this["iwd"].name
      password_wo = ephemeral.google_secret_manager_secret_version.made["iwd-db-password"].secret_data
    }

    api_keys {
      tenant_wo = ephemeral.google_secret_manager_secret_version.made["iwd-api-key"].secret_data
      iwddm_wo  = ephemeral.google_secret_manager_secret_version.made["iwddm-api-key"].secret_data
    }
  }

  # The first answer may take a while: the load balancer has just been made.
  timeouts {
    create = "15m"
  }

  # IWD is there and reached before the tenant, and until the tenant is gone.
  depends_on = [helm_release.iwd, kubernetes_service_v1.iwd]
}
