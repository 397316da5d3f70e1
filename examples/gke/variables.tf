variable "project" {
  description = "The Google Cloud project."
  type        = string
}

variable "region" {
  description = "The region of everything."
  type        = string
  default     = "europe-west3"
}

variable "name" {
  description = "Name of network, cluster and database instance."
  type        = string
  default     = "genesys"
}

variable "machine_type" {
  description = "Machines of the cluster, one in each of the region's zones."
  type        = string
  default     = "e2-standard-16"
}

variable "database_tier" {
  description = "Machine of the database instance."
  type        = string
  default     = "db-custom-2-7680"
}

variable "domain" {
  description = "Domain of the private edition: browsers reach GAuth at gauth. and this."
  type        = string
}

variable "tenant" {
  description = "The tenant, as the Tenant Service was deployed for it."

  type = object({
    short_id = string
    name     = string
    ccid     = string
  })
}

variable "configuration_server_user" {
  description = "An administrator in the tenant's Configuration Server."
  type        = string
  default     = "default"
}

variable "charts" {
  description = "Where Helm finds Genesys' charts: a repository of `helm repo add`, or an oci:// address."
  type        = string
  default     = "genesys"
}

variable "chart_versions" {
  description = "Versions of the charts, of your release."

  type = object({
    iwd   = string
    iwddm = string
  })
}

variable "image_registry" {
  description = "Registry of Genesys' images."
  type        = string
}

variable "redis_nodes" {
  description = "IWD's Redis cluster."
  type        = string
  default     = "redis://infra-redis-redis-cluster.infra:6379"
}

variable "elasticsearch_host" {
  description = "IWD's Elasticsearch."
  type        = string
}

variable "gim" {
  description = "Database of Genesys Info Mart, which IWD Data Mart reads."

  type = object({
    host     = string
    database = optional(string, "gim")
    user     = optional(string, "gim")
  })
}

variable "iwd_endpoint" {
  description = "Where Terraform reaches IWD, such as the address of its ingress; by default an internal load balancer, which is made only then."
  type        = string
  default     = null
}

variable "secrets_version" {
  description = "A higher number makes the secrets of secrets.tf anew, and sends all secrets to whoever uses them. Raise it with every change of a Helm release, which loses its secrets otherwise."
  type        = number
  default     = 1

  validation {
    condition     = var.secrets_version >= 1 && floor(var.secrets_version) == var.secrets_version
    error_message = "secrets_version must be a whole number, 1 or higher."
  }
}

variable "deletion_protection" {
  description = "Whether cluster, database instance and tenant are protected. To destroy, apply with false first."
  type        = bool
  default     = true
}
