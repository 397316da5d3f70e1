variables {
  secrets = { tenant_api_key = "not-a-key", db_password = "not-a-password" }
}

override_resource {
  target = iwd_tenant.t100

  values = {
    id       = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
    revision = 7
    iwd      = { db = { port = 5432 } }
  }
}

run "outputs" {
  assert {
    condition     = output.marker == "9350e2fc-a1dd-4c65-8d40-1f75a2e00100/7"
    error_message = "The marker is ${output.marker}."
  }
}
