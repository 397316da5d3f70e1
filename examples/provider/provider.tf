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

# IWD_ENDPOINT says where IWD is.
provider "iwd" {
  tenant_api_keys = var.iwd_api_keys
}
