# A private network, droplets behind a load balancer with a certificate, names, and a firewall; each droplet as a host.

# Two tags, as one thing must not hang on the other: the firewall and the databases trust one, the load balancer sends
# traffic to the other, so that a droplet can be taken out of traffic and still reach its database.
resource "digitalocean_tag" "trusted" {
  name = "${var.name}-trusted"
}

resource "digitalocean_tag" "serving" {
  name = "${var.name}-serving"
}

resource "digitalocean_vpc" "main" {
  name     = var.name
  region   = var.region
  ip_range = var.ip_range
}

resource "digitalocean_droplet" "web" {
  for_each = var.names
  name     = "${var.name}-${each.key}"
  image    = var.image
  size     = var.size
  region   = var.region
  vpc_uuid = digitalocean_vpc.main.id
  ssh_keys = var.ssh_keys
  tags     = [digitalocean_tag.trusted.name, digitalocean_tag.serving.name]

  # Another size powers a droplet off: one at a time.
  lifecycle {
    max_unavailable = 1
  }
}

# Trust follows the droplet, not its address: the key that it shows first is kept.
resource "host_machine" "web" {
  for_each = digitalocean_droplet.web
  identity = each.value.urn

  connection {
    address = each.value.ipv4_address
    user    = "root"
  }
}

resource "digitalocean_firewall" "web" {
  name = var.name
  tags = [digitalocean_tag.trusted.name]

  # From the load balancer, by its private address: naming it would leave the droplets open until it is up.
  inbound_rule {
    protocol         = "tcp"
    port_range       = var.port
    source_addresses = [var.ip_range]
  }

  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = var.admins
  }

  # To each other: a cache on one of them.
  inbound_rule {
    protocol    = "tcp"
    port_range  = "all"
    source_tags = [digitalocean_tag.trusted.name]
  }

  dynamic "outbound_rule" {
    for_each = toset(["tcp", "udp"])

    content {
      protocol              = outbound_rule.value
      port_range            = "all"
      destination_addresses = ["0.0.0.0/0", "::/0"]
    }
  }
}

resource "digitalocean_domain" "main" {
  name = var.domain
}

resource "digitalocean_certificate" "web" {
  name    = "${var.name}-web"
  type    = "lets_encrypt"
  domains = [digitalocean_domain.main.name]
}

resource "digitalocean_loadbalancer" "web" {
  name                   = var.name
  region                 = var.region
  vpc_uuid               = digitalocean_vpc.main.id
  droplet_tag            = digitalocean_tag.serving.name
  redirect_http_to_https = true

  forwarding_rule {
    entry_protocol   = "https"
    entry_port       = 443
    target_protocol  = "http"
    target_port      = var.port
    certificate_name = digitalocean_certificate.web.name
  }

  forwarding_rule {
    entry_protocol  = "http"
    entry_port      = 80
    target_protocol = "http"
    target_port     = var.port
  }

  healthcheck {
    protocol = "http"
    port     = var.port
    path     = var.health
  }
}

resource "digitalocean_record" "web" {
  domain = digitalocean_domain.main.name
  type   = "A"
  name   = "@"
  value  = digitalocean_loadbalancer.web.ip
  ttl    = 300
}
