# Needs sh, and psql 14 or later for \getenv. The password is in the environment of psql alone.

resource "terraform_data" "role" {
  triggers_replace = var.name

  provisioner "local-exec" {
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres --single-transaction <<'SQL'
      \getenv name NAME
      CREATE ROLE :"name" LOGIN;
      GRANT :"name" TO CURRENT_USER;
      SQL
    EOT
    environment = { NAME = self.triggers_replace }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      DROP ROLE IF EXISTS :"name";
      SQL
    EOT
    environment = { NAME = self.triggers_replace }
  }
}

resource "terraform_data" "password" {
  triggers_replace = [terraform_data.role.id, var.password_version]

  provisioner "local-exec" {
    command = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      \getenv password PASSWORD
      ALTER ROLE :"name" PASSWORD :'password';
      SQL
    EOT
    environment = {
      NAME     = terraform_data.role.triggers_replace
      PASSWORD = var.password
    }
  }
}

resource "terraform_data" "database" {
  triggers_replace = terraform_data.role.triggers_replace

  provisioner "local-exec" {
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      CREATE DATABASE :"name" OWNER :"name";
      SQL
    EOT
    environment = { NAME = self.triggers_replace }
  }

  # IWD may still be connected.
  provisioner "local-exec" {
    when        = destroy
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      DROP DATABASE IF EXISTS :"name" WITH (FORCE);
      SQL
    EOT
    environment = { NAME = self.triggers_replace }
  }
}

output "database" {
  value = terraform_data.database.triggers_replace
}

output "user" {
  value      = terraform_data.role.triggers_replace
  depends_on = [terraform_data.password]
}
