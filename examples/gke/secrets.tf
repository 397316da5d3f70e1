# Secrets that others made. They are in Secret Manager before the first apply, and after the last.
ephemeral "google_secret_manager_secret_version" "given" {
  for_each = toset([
    "tenant-api-key",
    "nexus-cluster-api-key",
    "gws-client-secret",
    "configuration-server-password",
    "redis-password",
    "gim-password",
    "image-pull-secret",
  ])

  secret  = "iwd-${var.tenant.short_id}-${each.key}"
  version = "latest"

  lifecycle {
    postcondition {
      condition     = each.key == "image-pull-secret" || !strcontains(self.secret_data, "\n")
      error_message = "iwd-${var.tenant.short_id}-${each.key} in Secret Manager holds a line break, such as an editor or Enter leaves at its end."
    }
  }
}

# Secrets that are made here: a UUID each.
locals {
  made = toset(["iwd-db-password", "iwddm-db-password", "iwd-api-key", "iwddm-api-key"])
}

# Another one on every run. It counts where it is written.
ephemeral "iwd_api_key" "fresh" {
  for_each = local.made
}

resource "google_secret_manager_secret" "made" {
  for_each = local.made

  secret_id = "iwd-${var.tenant.short_id}-${each.key}"

  replication {
    auto {}
  }
}

# Written once, and again with a higher number.
resource "google_secret_manager_secret_version" "made" {
  for_each = local.made

  secret                 = google_secret_manager_secret.made[each.key].id
  secret_data_wo         = ephemeral.iwd_api_key.fresh[each.key].key
  secret_data_wo_version = var.secrets_version

  lifecycle {
    create_before_destroy = true
  }
}

# What was written, on every run.
ephemeral "google_secret_manager_secret_version" "made" {
  for_each = local.made

  secret  = google_secret_manager_secret.made[each.key].id
  version = google_secret_manager_secret_version.made[each.key].version
}
