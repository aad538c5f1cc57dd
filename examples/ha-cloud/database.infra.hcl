# The database: DigitalOcean's own with a standby, a replica and a pool; or Neon, by `-var=database=neon`.

locals {
  is_managed = var.database == "managed"
}

resource "digitalocean_database_cluster" "main" {
  count                = local.is_managed ? 1 : 0
  name                 = "${var.name}-main"
  engine               = "pg"
  version              = "16"
  size                 = "db-s-2vcpu-4gb"
  region               = var.region
  node_count           = 2
  private_network_uuid = digitalocean_vpc.main.id

  # In the request that makes it, so that it is never open to all.
  rule {
    type  = "tag"
    value = digitalocean_tag.trusted.name
  }

  maintenance_window {
    day  = "sunday"
    hour = "03:00"
  }
}

resource "digitalocean_database_db" "app" {
  count      = local.is_managed ? 1 : 0
  cluster_id = digitalocean_database_cluster.main[0].id
  name       = "app"
}

resource "digitalocean_database_user" "app" {
  count      = local.is_managed ? 1 : 0
  cluster_id = digitalocean_database_cluster.main[0].id
  name       = "app"
}

resource "digitalocean_database_connection_pool" "app" {
  count      = local.is_managed ? 1 : 0
  cluster_id = digitalocean_database_cluster.main[0].id
  name       = "app-pool"
  mode       = "transaction"
  size       = 10
  db_name    = digitalocean_database_db.app[0].name
  user       = digitalocean_database_user.app[0].name
}

resource "digitalocean_database_replica" "read" {
  count                = local.is_managed ? 1 : 0
  cluster_id           = digitalocean_database_cluster.main[0].id
  name                 = "${var.name}-read"
  size                 = "db-s-2vcpu-4gb"
  region               = var.region
  private_network_uuid = digitalocean_vpc.main.id
}

resource "digitalocean_database_firewall" "read" {
  count      = local.is_managed ? 1 : 0
  cluster_id = digitalocean_database_replica.read[0].uuid

  rule {
    type  = "tag"
    value = digitalocean_tag.trusted.name
  }
}

resource "neon_project" "main" {
  count     = local.is_managed ? 0 : 1
  name      = var.name
  region_id = "aws-eu-central-1"
}

resource "neon_endpoint" "read" {
  count      = local.is_managed ? 0 : 1
  project_id = neon_project.main[0].id
  branch_id  = neon_project.main[0].default_branch_id
  type       = "read_only"
}

resource "digitalocean_database_cluster" "cache" {
  name                 = "${var.name}-cache"
  engine               = "valkey"
  version              = "8"
  size                 = "db-s-1vcpu-1gb"
  region               = var.region
  node_count           = 1
  eviction_policy      = "allkeys_lru"
  private_network_uuid = digitalocean_vpc.main.id

  rule {
    type  = "tag"
    value = digitalocean_tag.trusted.name
  }
}
