variable "name" {
  description = "Name of the role and of the database that it owns."
  type        = string
}

variable "password" {
  description = "Password of the role."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "password_version" {
  description = "Another number sets the password anew."
  type        = number
}

variable "adopt" {
  description = "Whether a role and a database of this name that are there already are taken over, with all that is in it. A destroy drops them as if they had been made here."
  type        = bool
  default     = false
}
