variable "name" {
  description = "What all of it is called."
  type        = string
}

variable "region" {
  description = "Where all of it is."
  type        = string
}

variable "names" {
  description = "The droplets by name, as [\"a\", \"b\"]."
  type        = set(string)

  validation {
    condition     = length(var.names) >= 2
    error_message = "With fewer than two droplets nothing is highly available."
  }
}

variable "size" {
  description = "The size of a droplet."
  type        = string
  default     = "s-2vcpu-4gb"
}

variable "image" {
  description = "What a droplet boots from."
  type        = string
  default     = "debian-12-x64"
}

variable "ssh_keys" {
  description = "Ids or fingerprints of the keys that may log in as root."
  type        = set(string)
  default     = []
}

variable "ip_range" {
  description = "The private network's addresses."
  type        = string
  default     = "10.20.0.0/20"
}

variable "domain" {
  description = "The domain that it answers under."
  type        = string
}

variable "port" {
  description = "Where the application listens on a droplet."
  type        = number
  default     = 8000
}

variable "health" {
  description = "The path that answers well while the application can serve."
  type        = string
  default     = "/healthz"
}

variable "admins" {
  description = "From where SSH is allowed."
  type        = set(string)
}
