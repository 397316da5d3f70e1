# Where `make simulator` listens. It takes any key.
provider "iwd" {
  endpoint = "http://127.0.0.1:4024"
  api_key  = "any"
}

variables {
  secrets = { tenant_api_key = "not-a-key", db_password = "not-a-password" }

  # A test destroys at its end what it has made.
  deletion_protection = false
}

run "provisions" {
  assert {
    condition     = iwd_tenant.t100.revision == 1
    error_message = "It was not sent once."
  }
}

run "renames" {
  variables {
    name = "t101"
  }

  assert {
    condition     = iwd_tenant.t100.revision == 2
    error_message = "It was not sent again."
  }
}
