# Needs sh, and psql 14 or later for \getenv. The password is in the environment of psql alone.

resource "terraform_data" "role" {
  input = var.name

  provisioner "local-exec" {
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres --single-transaction <<'SQL'
      \getenv name NAME
      \getenv adopt ADOPT
      SELECT format('CREATE ROLE %I', :'name')
      WHERE NOT (:'adopt' AND EXISTS (SELECT FROM pg_roles WHERE rolname = :'name'))
      \gexec
      ALTER ROLE :"name" LOGIN;
      GRANT :"name" TO CURRENT_USER;
      SQL
    EOT
    environment = { NAME = self.input, ADOPT = var.adopt }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      DROP ROLE IF EXISTS :"name";
      SQL
    EOT
    environment = { NAME = self.input }
  }

  # Another name would mean to drop role and database, with all that is in it, and to make new ones.
  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input == var.name
      error_message = "Role and database are ${self.input}, and this module renames nothing. Set name to that again, or see \"Another name\" of the guide on the whole stack."
    }
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
      NAME     = terraform_data.role.input
      PASSWORD = var.password
    }
  }
}

resource "terraform_data" "database" {
  input = terraform_data.role.input

  provisioner "local-exec" {
    command     = <<-EOT
      psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
      \getenv name NAME
      \getenv adopt ADOPT
      SELECT format('CREATE DATABASE %I', :'name')
      WHERE NOT (:'adopt' AND EXISTS (SELECT FROM pg_database WHERE datname = :'name'))
      \gexec
      ALTER DATABASE :"name" OWNER TO :"name";
      SQL
    EOT
    environment = { NAME = self.input, ADOPT = var.adopt }
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
    environment = { NAME = self.input }
  }
}

output "database" {
  value = terraform_data.database.input
}

output "user" {
  value      = terraform_data.role.input
  depends_on = [terraform_data.password]
}
