# Terraform 0.14 and later: add `sensitive = true` to all but the first, so that values are masked wherever they go.
# The provider's own attributes for secrets are masked by every version.

variable "endpoint" {
  description = "Base URL of the IWD API."
  type        = string
  default     = "http://iwd.iwd:4024"
}

variable "cluster_api_key" {
  description = "Key for the IWD API, sent as x-api-key."
  type        = string
}

variable "tenant_api_key" {
  description = "API key that Digital Channels issued for the tenant."
  type        = string
}

variable "gws_client_secret" {
  description = "Secret of the GWS API client."
  type        = string
}

variable "gws_token" {
  description = "Password of the administrator in the configuration server."
  type        = string
}

variable "db_password" {
  description = "Password of the IWD database's user."
  type        = string
}

variable "iwd_api_key" {
  description = "New key that IWD is to accept from the customer."
  type        = string
}

variable "iwddm_api_key" {
  description = "New key that IWD is to accept from IWD Data Mart."
  type        = string
}
