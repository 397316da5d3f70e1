# Where `make simulator` listens. It takes any key.
provider "iwd" {
  endpoint = "http://127.0.0.1:4024"
  api_key  = "any"
}

variables {
  # A test destroys at its end what it has made, so nothing here is protected.
  tenants = {
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
      short_id            = "100"
      name                = "t100"
      db                  = { host = "postgres.infra", database = "iwd-100", user = "iwd-100" }
      secrets_wo_version  = "1"
      deletion_protection = false
    }

    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
      short_id            = "200"
      name                = "t200"
      db                  = { host = "postgres.infra", database = "iwd-200", user = "iwd-200" }
      secrets_wo_version  = "1"
      deletion_protection = false
    }
  }

  secrets = {
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
      tenant_api_key = "key-100", db_password = "password-100", iwd_api_key = "iwd-key-100"
    }

    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
      tenant_api_key = "key-200", db_password = "password-200", iwd_api_key = "iwd-key-200"
    }
  }
}

run "provisions" {
  assert {
    condition     = [for revision in output.revisions : revision] == [1, 1]
    error_message = "Not each was sent once: ${jsonencode(output.revisions)}."
  }
}

# In the variables of a run, OpenTofu knows no other variable, so all of it stands here again.
run "rotates_the_secrets_of_one" {
  variables {
    tenants = {
      "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
        short_id            = "100"
        name                = "t100"
        db                  = { host = "postgres.infra", database = "iwd-100", user = "iwd-100" }
        secrets_wo_version  = "1"
        deletion_protection = false
      }

      "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
        short_id            = "200"
        name                = "t200"
        db                  = { host = "postgres.infra", database = "iwd-200", user = "iwd-200" }
        secrets_wo_version  = "2"
        deletion_protection = false
      }
    }

    secrets = {
      "9350e2fc-a1dd-4c65-8d40-1f75a2e00100" = {
        tenant_api_key = "key-100", db_password = "password-100", iwd_api_key = "iwd-key-100"
      }

      "9350e2fc-a1dd-4c65-8d40-1f75a2e00200" = {
        tenant_api_key = "key-200", db_password = "another-password-200", iwd_api_key = "iwd-key-200"
      }
    }
  }

  assert {
    condition     = [for revision in output.revisions : revision] == [1, 2]
    error_message = "Not the second alone was sent again: ${jsonencode(output.revisions)}."
  }
}
