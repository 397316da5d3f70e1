resource "google_sql_database_instance" "this" {
  name                = var.name
  database_version    = "POSTGRES_15"
  deletion_protection = var.deletion_protection

  settings {
    edition           = "ENTERPRISE"
    tier              = var.database_tier
    availability_type = "REGIONAL"

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.this.id
      ssl_mode        = "ALLOW_UNENCRYPTED_AND_ENCRYPTED" # as iwd.db.ssl is false
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true # as REGIONAL wants with PostgreSQL
    }
  }

  # Its address comes by this connection, which it doesn't name.
  depends_on = [google_service_networking_connection.database]
}

locals {
  # The tenant's databases, each with the name of the user that owns what is in it.
  databases = {
    iwd   = "iwd-${var.tenant.short_id}"
    iwddm = "iwddm-${var.tenant.short_id}"
  }
}

resource "google_sql_user" "this" {
  for_each = local.databases

  instance            = google_sql_database_instance.this.name
  name                = each.value
  password_wo         = ephemeral.google_secret_manager_secret_version.made["${each.key}-db-password"].secret_data
  password_wo_version = var.secrets_version
}

resource "google_sql_database" "this" {
  for_each = local.databases

  instance = google_sql_database_instance.this.name
  name     = each.value

  # PostgreSQL drops no user that owns tables, so the database has to go first.
  depends_on = [google_sql_user.this]
}
