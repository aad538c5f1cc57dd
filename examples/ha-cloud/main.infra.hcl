# What a highly available service needs from the cloud: a private network, droplets behind a load balancer with a
# certificate, PostgreSQL with a replica and a pool that only the droplets may reach, a cache, and names. Try it without an
# account: `infra plan -sim`.

infra {
  required_version = "~> 0.1"
}

provider "digitalocean" {}

provider "neon" {}

# Two tags, as one thing must not hang on the other: the firewalls and the databases trust one, the load balancer sends
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
  ip_range = "10.20.0.0/20"
}

resource "digitalocean_droplet" "web" {
  count    = var.droplets
  name     = "${var.name}-${count.index + 1}"
  image    = "debian-12-x64"
  size     = var.size
  region   = var.region
  vpc_uuid = digitalocean_vpc.main.id
  tags     = [digitalocean_tag.trusted.name, digitalocean_tag.serving.name]
}

resource "digitalocean_firewall" "web" {
  name = var.name
  tags = [digitalocean_tag.trusted.name]

  inbound_rule {
    protocol                  = "tcp"
    port_range                = "8000"
    source_load_balancer_uids = [digitalocean_loadbalancer.web.id]
  }

  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = var.admins
  }

  outbound_rule {
    protocol              = "tcp"
    port_range            = "all"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }

  outbound_rule {
    protocol              = "udp"
    port_range            = "53"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
}

resource "digitalocean_domain" "main" {
  name = var.domain
}

resource "digitalocean_certificate" "web" {
  name    = "${var.name}-web"
  type    = "lets_encrypt"
  domains = [digitalocean_domain.main.name, "www.${digitalocean_domain.main.name}"]
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
    target_port      = 8000
    certificate_name = digitalocean_certificate.web.name
  }

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

resource "digitalocean_record" "web" {
  for_each = toset(["@", "www"])
  domain   = digitalocean_domain.main.name
  type     = "A"
  name     = each.key
  value    = digitalocean_loadbalancer.web.ip
  ttl      = 300
}
