variable "secrets" {
  type = object({
    tenant_api_key = string
    db_password    = string
  })
  sensitive = true
  ephemeral = true
}

# Another key on every run, which each update of the tenant sends anew: for a key that nobody else uses. Where others need the
# same, write it to a secret manager once and read it back from there.
ephemeral "iwd_api_key" "tenant" {}

resource "iwd_tenant" "t100" {
  short_id           = "100"
  name               = "t100"
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
}
