# Terraform variables of the workspace, each of them sensitive.

variable "tenant_api_key" {
  description = "API key that Digital Channels issued for the tenant."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "db_password" {
  description = "Password of the IWD database's user."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "iwd_api_key" {
  description = "New key that IWD is to accept from the customer."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "iwddm_api_key" {
  description = "New key that IWD is to accept from IWD Data Mart."
  type        = string
  sensitive   = true
  ephemeral   = true
}
