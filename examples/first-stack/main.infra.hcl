# A small service: two droplets behind a load balancer, a database with a user, and on each droplet a
# configuration file and the systemd unit that reads it. Try it without an account: `infra plan --sim`.

infra {
  required_version = "~> 0.1"
}

variable "region" {
  type    = string
  default = "fra1"
}

variable "size" {
  type    = string
  default = "s-1vcpu-1gb"
}

variable "greeting" {
  type    = string
  default = "hello"
}

locals {
  names = toset(["app-1", "app-2"])
}

resource "digitalocean_tag" "app" {
  name = "first-stack"
}

resource "digitalocean_droplet" "app" {
  for_each = local.names
  name     = each.key
  image    = "debian-12-x64"
  size     = var.size
  region   = var.region
  tags     = [digitalocean_tag.app.name]
}

resource "digitalocean_loadbalancer" "web" {
  name        = "first-stack"
  region      = var.region
  droplet_ids = [for droplet in digitalocean_droplet.app : droplet.id]

  forwarding_rule {
    entry_protocol  = "http"
    entry_port      = 80
    target_protocol = "http"
    target_port     = 8000
  }

  healthcheck {
    protocol = "http"
    port     = 8000
    path     = "/healthz"
  }
}

resource "digitalocean_database_cluster" "main" {
  name       = "first-stack"
  engine     = "pg"
  version    = "16"
  size       = "db-s-1vcpu-1gb"
  region     = var.region
  node_count = 1
}

resource "digitalocean_database_user" "app" {
  cluster_id = digitalocean_database_cluster.main.id
  name       = "app"
}

# A host is a resource too: reachable, and its facts known. It follows the droplet, not its address.
resource "host_machine" "app" {
  for_each = digitalocean_droplet.app
  identity = each.value.urn

  connection {
    address = each.value.ipv4_address
    user    = "root"
  }
}

resource "host_file" "app" {
  for_each = host_machine.app
  host     = each.value
  path     = "/etc/app.conf"
  mode     = "0640"
  content  = <<-EOT
    greeting = ${var.greeting}
    database = ${digitalocean_database_cluster.main.private_host}
    user     = ${digitalocean_database_user.app.name}
    password = ${digitalocean_database_user.app.password}
  EOT
}

resource "host_systemd_unit" "app" {
  for_each   = host_machine.app
  host       = each.value
  name       = "app.service"
  text       = file("app.service")
  enabled    = true
  restart_on = [host_file.app[each.key].digest]
}

output "address" {
  value       = digitalocean_loadbalancer.web.ip
  description = "Where the service answers."
}

output "database" {
  value     = digitalocean_database_cluster.main.uri
  sensitive = true
}
