mock_provider "iwd" {
  mock_resource "iwd_tenant" {
    defaults = { revision = 1 }
  }
}

variables {
  tenants = {
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
      short_id = "100"
      name     = "t100"
      db       = { host = "postgres.infra", database = "iwd-100", user = "iwd-100" }
    }

    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
      short_id            = "200"
      name                = "t200"
      db                  = { host = "postgres.infra", port = 5433, database = "iwd-200", user = "iwd-200" }
      deletion_protection = false
    }
  }

  secrets = {
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
      tenant_api_key = "not-a-key", db_password = "not-a-password", iwd_api_key = "not-a-key"
    }

    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
      tenant_api_key = "not-a-key", db_password = "not-a-password", iwd_api_key = "not-a-key"
    }
  }
}

run "makes_a_tenant_of_each_entry" {
  assert {
    condition     = alltrue([for ccid, tenant in iwd_tenant.this : tenant.ccid == ccid])
    error_message = "A tenant has another ccid than its entry."
  }

  assert {
    condition     = [for tenant in iwd_tenant.this : tenant.iwd.db.port] == [5432, 5433]
    error_message = "The ports are not those of the entries."
  }

  assert {
    condition     = [for tenant in iwd_tenant.this : tenant.deletion_protection] == [true, false]
    error_message = "A tenant is protected unless its entry says otherwise."
  }

  assert {
    condition     = output.revisions == { for ccid, tenant in var.tenants : ccid => 1 }
    error_message = "The revisions are ${jsonencode(output.revisions)}."
  }
}

# In the variables of a run, OpenTofu knows no other variable.
run "refuses_a_copied_entry" {
  command = plan

  variables {
    tenants = {
      for ccid in ["9350e2fc-a1dd-4c65-8d40-1f75a2e00100", "9350e2fc-a1dd-4c65-8d40-1f75a2e00200"] : ccid => {
        short_id = "100"
        name     = "t100"
        db       = { host = "postgres.infra", database = "iwd-100", user = "iwd-100" }
      }
    }
  }

  expect_failures = [var.tenants]
}

run "refuses_a_tenant_without_secrets" {
  command = plan

  variables {
    secrets = {}
  }

  expect_failures = [var.secrets]
}
