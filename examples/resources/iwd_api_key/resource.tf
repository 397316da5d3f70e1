resource "iwd_api_key" "iwddm" {
  # A new value makes a new key.
  keepers = {
    rotation = "2026-11"
  }
}

# For `iwd.api_keys.iwddm` of `iwd_tenant`, and for IWD Data Mart.
output "iwddm_api_key" {
  value     = iwd_api_key.iwddm.key
  sensitive = true
}
