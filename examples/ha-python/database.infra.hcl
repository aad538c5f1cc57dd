# The database: DigitalOcean's own with a standby, a replica and a pool; or Neon, by `-var=database=neon`.

locals {
  is_managed     = var.database == "managed"
  database_nodes = 2 # A standby takes over when the first fails.

  # A node lets in 25 connections a gigabyte of its memory, without three of its own; five are for people and migrations.
  connections = 25 * try(tonumber(regex("([0-9]+)gb$", var.database_size)[0]), 1) - 3 - 5

  # Whoever writes waits at the pooler for one of its few connections. Before the replica there is none, so all workers
  # together must not have more than it lets in.
  shared = local.is_managed ? { DATABASE_POOL_READ = min(100, local.connections) } : {}

  database = local.is_managed ? {
    # The cluster's own address leads to another database.
    admin = "postgresql://${digitalocean_database_cluster.main[0].user}:${urlencode(digitalocean_database_cluster.main[0].password)}@${digitalocean_database_cluster.main[0].private_host}:${digitalocean_database_cluster.main[0].port}/${digitalocean_database_db.app[0].name}?sslmode=require"
    write = digitalocean_database_connection_pool.app[0].private_uri
    # The replica has the users of its primary.
    read = "postgresql://${digitalocean_database_user.app[0].name}:${urlencode(digitalocean_database_user.app[0].password)}@${digitalocean_database_replica.read[0].private_host}:${digitalocean_database_replica.read[0].port}/${digitalocean_database_db.app[0].name}?sslmode=require"
    role = digitalocean_database_user.app[0].name
    } : {
    admin = module.neon[0].admin_url
    write = module.neon[0].write_url
    read  = module.neon[0].read_url
    role  = module.neon[0].role
  }
}

resource "digitalocean_database_cluster" "main" {
  count                = local.is_managed ? 1 : 0
  name                 = "${var.name}-main"
  engine               = "pg"
  version              = "16"
  size                 = var.database_size
  region               = var.region
  node_count           = local.database_nodes
  private_network_uuid = module.web.vpc_id

  rule {
    type  = "tag"
    value = module.web.trusted_tag
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
  size       = min(20, local.connections)
  db_name    = digitalocean_database_db.app[0].name
  user       = digitalocean_database_user.app[0].name
}

resource "digitalocean_database_replica" "read" {
  count                = local.is_managed ? 1 : 0
  cluster_id           = digitalocean_database_cluster.main[0].id
  name                 = "${var.name}-read"
  size                 = var.database_size
  region               = var.region
  private_network_uuid = module.web.vpc_id
}

resource "digitalocean_database_firewall" "read" {
  count      = local.is_managed ? 1 : 0
  cluster_id = digitalocean_database_replica.read[0].uuid

  rule {
    type  = "tag"
    value = module.web.trusted_tag
  }
}

module "neon" {
  count  = local.is_managed ? 0 : 1
  source = "../../modules/neon-database"
  name   = var.name
}
