terraform {
  required_providers {
    postgresql = {
      source  = "cyrilgdn/postgresql"
      version = "~> 1.26"
    }
  }
}

resource "postgresql_role" "iwd" {
  name                = var.name
  login               = true
  password_wo         = var.password
  password_wo_version = var.password_version
}

resource "postgresql_database" "iwd" {
  name  = var.name
  owner = postgresql_role.iwd.name
}

output "database" {
  value = postgresql_database.iwd.name
}

output "user" {
  value = postgresql_role.iwd.name
}
