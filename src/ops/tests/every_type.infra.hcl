# A hundred droplets, and one of each other type that a cloud has; three engines of databases, as each has its own settings.

resource "digitalocean_tag" "it" {
  name = "it"
}

resource "digitalocean_ssh_key" "it" {
  name       = "it"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home"
}

resource "digitalocean_vpc" "it" {
  name     = "it"
  region   = "fra1"
  ip_range = "10.20.0.0/20"
}

resource "digitalocean_droplet" "it" {
  count    = 100
  name     = "it-${count.index}"
  image    = "debian-12-x64"
  size     = "s-1vcpu-1gb"
  region   = "fra1"
  vpc_uuid = digitalocean_vpc.it.id
  ssh_keys = [digitalocean_ssh_key.it.id]
  tags     = [digitalocean_tag.it.name]
}

resource "digitalocean_firewall" "it" {
  name = "it"
  tags = [digitalocean_tag.it.name]

  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = ["192.0.2.0/24"]
  }
}

resource "digitalocean_volume" "it" {
  name   = "it"
  region = "fra1"
  size   = 10
}

resource "digitalocean_volume_attachment" "it" {
  volume_id  = digitalocean_volume.it.id
  droplet_id = digitalocean_droplet.it[0].id
}

resource "digitalocean_reserved_ip" "it" {
  region = "fra1"
}

resource "digitalocean_reserved_ip_assignment" "it" {
  ip_address = digitalocean_reserved_ip.it.ip_address
  droplet_id = digitalocean_droplet.it[1].id
}

resource "digitalocean_domain" "it" {
  name = "example.com"
}

resource "digitalocean_record" "it" {
  domain = digitalocean_domain.it.id
  type   = "A"
  name   = "www"
  value  = digitalocean_loadbalancer.it.ip
}

resource "digitalocean_certificate" "it" {
  name    = "it"
  type    = "lets_encrypt"
  domains = [digitalocean_domain.it.name]
}

resource "digitalocean_loadbalancer" "it" {
  name        = "it"
  region      = "fra1"
  vpc_uuid    = digitalocean_vpc.it.id
  droplet_tag = digitalocean_tag.it.name

  forwarding_rule {
    entry_protocol   = "https"
    entry_port       = 443
    target_protocol  = "http"
    target_port      = 8000
    certificate_name = digitalocean_certificate.it.name
  }
}

resource "digitalocean_project" "it" {
  name    = "it"
  purpose = "Growing plants"
}

resource "digitalocean_project_resources" "it" {
  project   = digitalocean_project.it.id
  resources = [digitalocean_droplet.it[0].urn, digitalocean_droplet.it[1].urn]
}

resource "digitalocean_monitor_alert" "it" {
  description = "it"
  type        = "v1/insights/droplet/cpu"
  compare     = "GreaterThan"
  value       = 80
  window      = "5m"
  tags        = [digitalocean_tag.it.name]

  alerts {
    email = ["a@example.com"]
  }
}

resource "digitalocean_uptime_check" "it" {
  name   = "it"
  target = "https://www.example.com"
}

resource "digitalocean_uptime_alert" "it" {
  check_id = digitalocean_uptime_check.it.id
  name     = "it"
  type     = "down"
  period   = "2m"

  notifications {
    email = ["a@example.com"]
  }
}

resource "digitalocean_database_cluster" "it" {
  for_each             = { pg = "16", mysql = "8", valkey = "8" }
  name                 = "its-${each.key}"
  engine               = each.key
  version              = each.value
  size                 = "db-s-1vcpu-2gb"
  region               = "fra1"
  node_count           = 1
  private_network_uuid = digitalocean_vpc.it.id
}

# What became Valkey may still be looked after as what it was.
resource "digitalocean_database_cluster" "old" {
  name                 = "its-old-cache"
  engine               = "valkey"
  version              = "8"
  size                 = "db-s-1vcpu-1gb"
  region               = "fra1"
  node_count           = 1
  private_network_uuid = digitalocean_vpc.it.id
}

resource "digitalocean_database_db" "it" {
  cluster_id = digitalocean_database_cluster.it["pg"].id
  name       = "it"
}

resource "digitalocean_database_user" "it" {
  cluster_id = digitalocean_database_cluster.it["pg"].id
  name       = "it"
}

resource "digitalocean_database_connection_pool" "it" {
  cluster_id = digitalocean_database_cluster.it["pg"].id
  name       = "its-pool"
  mode       = "transaction"
  size       = 5
  db_name    = digitalocean_database_db.it.name
  user       = digitalocean_database_user.it.name
}

resource "digitalocean_database_replica" "it" {
  cluster_id           = digitalocean_database_cluster.it["pg"].id
  name                 = "its-copy"
  size                 = "db-s-1vcpu-2gb"
  region               = "fra1"
  private_network_uuid = digitalocean_vpc.it.id
}

resource "digitalocean_database_firewall" "it" {
  cluster_id = digitalocean_database_cluster.it["pg"].id

  rule {
    type  = "tag"
    value = digitalocean_tag.it.name
  }
}

resource "digitalocean_database_postgresql_config" "it" {
  cluster_id = digitalocean_database_cluster.it["pg"].id
  work_mem   = 8
}

resource "digitalocean_database_mysql_config" "it" {
  cluster_id   = digitalocean_database_cluster.it["mysql"].id
  wait_timeout = 600
}

resource "digitalocean_database_valkey_config" "it" {
  cluster_id = digitalocean_database_cluster.it["valkey"].id
  timeout    = 90
}

resource "digitalocean_database_redis_config" "it" {
  cluster_id = digitalocean_database_cluster.old.id
  timeout    = 90
}

resource "neon_project" "it" {
  name      = "it"
  region_id = "aws-eu-central-1"
}

resource "neon_branch" "it" {
  project_id = neon_project.it.id
  name       = "it"
}

resource "neon_endpoint" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_branch.it.id
}

resource "neon_role" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_project.it.default_branch_id
  name       = "it"
}

resource "neon_database" "it" {
  project_id = neon_project.it.id
  branch_id  = neon_project.it.default_branch_id
  name       = "it"
  owner_name = neon_role.it.name
}

resource "neon_project_permission" "it" {
  project_id = neon_project.it.id
  grantee    = "it@acme.test"
}
