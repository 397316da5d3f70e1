variable "iwd_url" {
  description = "URL under which Digital Channels reaches IWD."
  type        = string
  default     = "http://iwd.iwd:4024"
}

variable "tenants" {
  description = "The tenants, by ccid."

  type = map(object({
    short_id = string
    name     = string

    db = object({
      host     = string
      port     = optional(number, 5432)
      database = string
      user     = string
    })

    # Any other text sends changed secrets. Where it is null, the provider notices by itself that they changed.
    secrets_wo_version = optional(string)

    on_destroy          = optional(string, "delete_tenant")
    deletion_protection = optional(bool, true)
  }))

  validation {
    condition     = length(distinct([for tenant in var.tenants : tenant.short_id])) == length(var.tenants)
    error_message = "Two tenants have the same short_id."
  }
}

# Apart from the tenants, since `for_each` takes no map with a sensitive or ephemeral value in it.
variable "secrets" {
  description = "The secrets of each tenant, by ccid."

  type = map(object({
    tenant_api_key = string
    db_password    = string
    iwd_api_key    = string
    iwddm_api_key  = optional(string)
  }))

  sensitive = true
  ephemeral = true

  validation {
    condition     = length(setsubtract(keys(var.tenants), keys(var.secrets))) == 0
    error_message = "A tenant has no secrets."
  }
}
