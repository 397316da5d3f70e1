variable "endpoint" {
  description = "Base URL of the IWD API."
  type        = string
}

# The secrets, which neither state nor plan files get to see.

variable "cluster_api_key" {
  description = "Key for the IWD API, sent as x-api-key."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "tenant_api_key" {
  description = "API key that Digital Channels issued for the tenant."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "gws_client_secret" {
  description = "Secret of the GWS API client."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "gws_token" {
  description = "Password of the administrator in the configuration server."
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
