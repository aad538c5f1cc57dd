# What the crash tests build, change, replace and destroy: every kind of call that a kill can interrupt.

variable "size" {
  type    = string
  default = "s-1vcpu-1gb"
}

variable "image" {
  type    = string
  default = "debian-12-x64"
}

variable "greeting" {
  type    = string
  default = "hello"
}

variable "about" {
  type    = string
  default = "A small service"
}

variable "helper" {
  type    = string
  default = "running"
}

variable "generation" {
  type    = number
  default = 1
}

resource "digitalocean_tag" "app" {
  name = "app"
}

# A resize takes several calls, and leaves it switched off in between. Another image takes another droplet.
resource "digitalocean_droplet" "app" {
  for_each = toset(["app-1", "app-2"])
  name     = each.key
  image    = var.image
  size     = var.size
  region   = "fra1"
  tags     = [digitalocean_tag.app.name]
}

# Replaced by making the new one first, so that for a time there are two.
resource "digitalocean_droplet" "spare" {
  name   = "spare"
  image  = var.image
  size   = "s-1vcpu-1gb"
  region = "fra1"

  lifecycle {
    create_before_destroy = true
  }
}

# Assigned after it is made, and moved along when its droplet is replaced.
resource "digitalocean_reserved_ip" "spare" {
  region     = "fra1"
  droplet_id = digitalocean_droplet.spare.id
}

# Nothing tells one from the other: no name, no tag.
resource "digitalocean_reserved_ip" "free" {
  count  = 2
  region = "fra1"
}

resource "digitalocean_loadbalancer" "web" {
  name        = "web"
  region      = "fra1"
  droplet_ids = [for droplet in digitalocean_droplet.app : droplet.id]

  forwarding_rule {
    entry_protocol  = "http"
    entry_port      = 80
    target_protocol = "http"
    target_port     = 8000
  }
}

resource "digitalocean_database_cluster" "main" {
  name       = "main"
  engine     = "pg"
  version    = "16"
  size       = "db-s-1vcpu-1gb"
  region     = "fra1"
  node_count = 1
}

resource "digitalocean_database_user" "app" {
  cluster_id = digitalocean_database_cluster.main.id
  name       = "app${var.generation}"
}

resource "random_password" "token" {
  length  = 24
  keepers = { generation = var.generation }

  lifecycle {
    create_before_destroy = true
  }
}

resource "tls_private_key" "app" {
  algorithm = "ED25519"
}

resource "local_file" "note" {
  filename = "note.txt"
  content  = "generation ${var.generation} on ${digitalocean_reserved_ip.spare.ip_address}\n"
}

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
    token    = ${random_password.token.result}
  EOT
}

resource "host_file" "key" {
  for_each = host_machine.app
  host     = each.value
  path     = "/etc/app.key"
  mode     = "0600"
  content  = tls_private_key.app.private_key_openssh
}

# Part of the unit's definition, in a file of its own.
resource "host_file" "part" {
  for_each       = host_machine.app
  host           = each.value
  path           = "/etc/systemd/system/app.service.d/part.conf"
  create_parents = true
  content        = <<-EOT
    [Service]
    Environment="ABOUT=${var.about}"
  EOT
}

# Stopped later on: what is owed to it is a stop.
resource "host_systemd_unit" "helper" {
  for_each = host_machine.app
  host     = each.value
  name     = "helper.service"
  state    = var.helper
  text     = <<-EOT
    [Service]
    ExecStart=/bin/sleep infinity
  EOT

  gate {
    hold = "0s"
  }
}

resource "host_systemd_unit" "app" {
  for_each   = host_machine.app
  host       = each.value
  name       = "app.service"
  enabled    = true
  restart_on = [for file in [host_file.app, host_file.key, host_file.part] : file[each.key].digest]
  text       = <<-EOT
    [Unit]
    Description=${var.about}

    [Service]
    Type=exec
    ExecStart=/bin/sleep infinity
    Restart=always

    [Install]
    WantedBy=multi-user.target
  EOT

  # Nothing is gained by watching a stand-in for a while.
  gate {
    hold = "0s"
  }
}

output "address" {
  value = digitalocean_loadbalancer.web.ip
}
