import {
  to = iwd_tenant.t100
  identity = {
    ccid = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100"
  }
}
