terraform {
  required_providers {
    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }
  }
}

variable "iwd_api_keys" {
  description = "The x-api-key of each tenant, by ccid."
  type        = map(string)
  sensitive   = true
  ephemeral   = true # Terraform 1.10; leave it out before
}

provider "iwd" {
  endpoint        = "http://iwd.iwd:4024" # or IWD_ENDPOINT
  tenant_api_keys = var.iwd_api_keys      # or IWD_TENANT_API_KEYS, or one api_key for all tenants
}
