# A cache: the vendor's own, or a Redis on one of the hosts.

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

locals {
  is_managed = var.mode == "managed"
  on_host    = local.is_managed ? toset([]) : toset(["main"])
}

resource "digitalocean_database_cluster" "main" {
  count                = local.is_managed ? 1 : 0
  name                 = var.name
  engine               = "valkey"
  version              = "8"
  size                 = var.size
  region               = var.region
  node_count           = 1
  eviction_policy      = "allkeys_lru"
  private_network_uuid = var.vpc_id

  # In the request that makes it, so that it is never open to all.
  rule {
    type  = "tag"
    value = var.trusted_tag
  }
}

resource "random_password" "redis" {
  for_each = local.on_host
  length   = 32
  special  = false
}

resource "host_package" "redis" {
  for_each = local.on_host
  host     = var.machine
  name     = "redis-server"
}

resource "host_redis" "main" {
  for_each = local.on_host
  host     = var.machine
  password = random_password.redis[each.key].result

  directives = {
    bind             = "127.0.0.1 ${var.address}"
    maxmemory        = var.memory
    maxmemory-policy = "allkeys-lru"
    requirepass      = random_password.redis[each.key].result
    save             = ""
  }

  depends_on = [host_package.redis]
}

output "url" {
  description = "Where the application finds it."
  value = (local.is_managed
    ? digitalocean_database_cluster.main[0].private_uri
    : "redis://:${random_password.redis["main"].result}@${var.address}:6379/0"
  )
  sensitive = true
}
