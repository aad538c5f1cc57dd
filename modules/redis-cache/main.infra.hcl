# A cache: the vendor's own, or a Redis on one of the hosts.

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
