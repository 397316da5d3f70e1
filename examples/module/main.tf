terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

resource "iwd_tenant" "this" {
  for_each = var.tenants

  short_id           = each.value.short_id
  name               = each.value.name
  ccid               = each.key
  api_key_wo         = var.secrets[each.key].tenant_api_key
  secrets_wo_version = each.value.secrets_wo_version

  iwd {
    url = var.iwd_url

    db {
      host        = each.value.db.host
      port        = each.value.db.port
      database    = each.value.db.database
      user        = each.value.db.user
      password_wo = var.secrets[each.key].db_password
    }

    api_keys {
      tenant_wo = var.secrets[each.key].iwd_api_key
      iwddm_wo  = var.secrets[each.key].iwddm_api_key
    }
  }

  on_destroy          = each.value.on_destroy
  deletion_protection = each.value.deletion_protection
}

output "revisions" {
  description = "How often each tenant was sent, by ccid."
  value       = { for ccid, tenant in iwd_tenant.this : ccid => tenant.revision }
}
