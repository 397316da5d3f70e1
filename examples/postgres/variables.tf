# Neither state nor plan files get to see these.
variable "secrets" {
  type = object({
    tenant_api_key = string
    db_password    = string
    iwd_api_key    = string
  })
  sensitive = true
  ephemeral = true
}

variable "secrets_version" {
  description = "Another number says that secrets have changed, to PostgreSQL and to IWD."
  type        = number
  default     = 1
}

variable "db_host" {
  description = "Where IWD finds PostgreSQL, which may be another name than Terraform's PGHOST."
  type        = string
}

variable "db_port" {
  description = "The port that IWD finds it at."
  type        = number
  default     = 5432
}
