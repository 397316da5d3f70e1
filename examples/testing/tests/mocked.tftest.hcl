mock_provider "iwd" {
  mock_resource "iwd_tenant" {
    defaults = {
      id         = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
      revision   = 1
      on_destroy = "delete_tenant"
      iwd        = { db = { port = 5432 } }
      iwd_email  = { url = "N/A" }
    }
  }

  mock_resource "iwd_api_key" {
    defaults = {
      key = "86b0b6a1-8e2c-4d1f-9a55-3f4c7d1b2e60"
    }
  }
}

variables {
  secrets = { tenant_api_key = "not-a-key", db_password = "not-a-password" }
}

run "outputs" {
  assert {
    condition     = output.database == "pgdb-dgt-postgresql.infra:5432"
    error_message = "The database is ${output.database}."
  }

  assert {
    condition     = output.marker == "9350e2fc-a1dd-4c65-8d40-1f75a2e00100/1"
    error_message = "The marker is ${output.marker}."
  }
}
