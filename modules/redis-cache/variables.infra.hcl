variable "name" {
  description = "What it is called."
  type        = string
}

variable "mode" {
  description = "`managed` for the vendor's, `host` for a Redis on a host."
  type        = string

  validation {
    condition     = contains(["managed", "host"], var.mode)
    error_message = "A cache is `managed` or on a `host`."
  }
}

variable "region" {
  description = "Where it is, when managed."
  type        = string
}

variable "size" {
  description = "The size of a node, when managed."
  type        = string
  default     = "db-s-1vcpu-1gb"
}

variable "vpc_id" {
  description = "The private network, when managed."
  type        = string
}

variable "trusted_tag" {
  description = "Who may reach it, when managed."
  type        = string
}

variable "machine" {
  description = "The host that it runs on, when on a host: a whole host_machine."
  type        = any
  default     = null
}

variable "address" {
  description = "The private address of that host."
  type        = string
  default     = null
}

variable "memory" {
  description = "How much it may hold, when on a host."
  type        = string
  default     = "256mb"
}
