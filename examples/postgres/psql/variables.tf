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
