variable "count_of_tenants" {
  type = number
}

variable "values" {
  description = "What is in the values that can be seen, to change them all."
  type        = string
}

variable "secrets" {
  description = "What all secrets begin with."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "iwd_tenant" "soak" {
  for_each = toset([for number in range(var.count_of_tenants) : format("%04d", number)])

  ccid       = "00000000-0000-4000-8000-00000000${each.key}"
  short_id   = each.key
  name       = "t${each.key}"
  api_key_wo = "${var.secrets}-${each.key}-tenant"

  gws {
    url               = "http://gws-${var.values}.gws"
    auth_url          = "http://gauth-auth-${var.values}.gauth"
    auth_redirect_url = "https://gauth-${var.values}.example.com"
    client_id         = "client-${each.key}-${var.values}"
    client_secret_wo  = "${var.secrets}-${each.key}-gws-client"
    api_key_wo        = "${var.secrets}-${each.key}-gws-key"
    username          = "user-${each.key}-${var.values}"
    token_wo          = "${var.secrets}-${each.key}-gws-token"
  }

  iwd {
    url = "http://iwd-${var.values}.iwd:4024"

    db {
      host        = "postgres-${var.values}.infra"
      database    = "iwd-${each.key}-${var.values}"
      user        = "iwd-${each.key}-${var.values}"
      password_wo = "${var.secrets}-${each.key}-db"
    }

    api_keys {
      tenant_wo = "${var.secrets}-${each.key}-iwd"
      iwddm_wo  = "${var.secrets}-${each.key}-iwddm"
    }
  }
}
