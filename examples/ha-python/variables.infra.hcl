variable "name" {
  description = "What all of it is called."
  type        = string
  default     = "visits"
}

variable "region" {
  description = "Where all of it is."
  type        = string
  default     = "fra1"
}

variable "domain" {
  description = "The domain that the service answers under."
  type        = string
  default     = "visits.example.com"
}

variable "droplets" {
  description = "The droplets by name."
  type        = set(string)
  default     = ["app-1", "app-2", "app-3"]
}

variable "first" {
  description = "The droplet that migrates the database and has the cache when that is on a host; null for the first by name. Say which before you add one that sorts before it: the cache would move."
  type        = string
  default     = null

  validation {
    condition     = var.first == null || contains(var.droplets, coalesce(var.first, "none"))
    error_message = "`first` must be one of `droplets`."
  }
}

variable "size" {
  description = "The size of a droplet."
  type        = string
  default     = "s-2vcpu-4gb"
}

variable "ssh_keys" {
  description = "Ids or fingerprints of the keys that may log in as root."
  type        = set(string)
  default     = []
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

variable "database_size" {
  description = "The size of a node of the database, when managed, and of its replica."
  type        = string
  default     = "db-s-2vcpu-4gb"
}

variable "cache" {
  description = "Where the cache is: `managed` (Valkey), or a Redis on a `host`."
  type        = string
  default     = "managed"

  validation {
    condition     = contains(["managed", "host"], var.cache)
    error_message = "The cache is `managed` or on a `host`."
  }
}

variable "cache_size" {
  description = "The size of the cache, when managed."
  type        = string
  default     = "db-s-1vcpu-1gb"
}

variable "io_bound" {
  description = "Whether the service mostly waits for others: then it has four workers a processor."
  type        = bool
  default     = false
}

variable "overrides" {
  description = "What the service is told otherwise: WEB_CONCURRENCY, WEB_THREADS, GUNICORN_TIMEOUT, or anything else."
  type        = map(string)
  default     = {}
}
