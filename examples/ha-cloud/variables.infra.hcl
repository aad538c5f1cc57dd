variable "name" {
  description = "What all of it is called."
  type        = string
  default     = "ha"
}

variable "region" {
  description = "Where all of it is."
  type        = string
  default     = "fra1"
}

variable "domain" {
  description = "The domain that the service answers under."
  type        = string
  default     = "ha.example.com"
}

variable "droplets" {
  description = "How many droplets serve."
  type        = number
  default     = 2

  validation {
    condition     = var.droplets >= 2
    error_message = "With fewer than two droplets nothing is highly available."
  }
}

variable "size" {
  description = "The size of a droplet."
  type        = string
  default     = "s-2vcpu-4gb"
}

variable "admins" {
  description = "From where SSH is allowed."
  type        = set(string)
  default     = ["192.0.2.0/24"]
}

variable "database" {
  description = "Who runs PostgreSQL: `managed` (DigitalOcean) or `neon`."
  type        = string
  default     = "managed"

  validation {
    condition     = contains(["managed", "neon"], var.database)
    error_message = "The database is `managed` or `neon`."
  }
}

variable "operator" {
  description = "Who is told when something goes wrong."
  type        = string
  default     = "operator@example.com"
}
