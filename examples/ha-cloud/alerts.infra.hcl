# Who is told when something goes wrong.

resource "digitalocean_monitor_alert" "cpu" {
  type        = "v1/insights/droplet/cpu"
  compare     = "GreaterThan"
  value       = 80
  window      = "10m"
  description = "${var.name}: droplets are busy"
  tags        = [digitalocean_tag.serving.name]

  alerts {
    email = [var.operator]
  }
}

resource "digitalocean_uptime_check" "web" {
  name    = var.name
  target  = "https://${digitalocean_domain.main.name}/healthz"
  type    = "https"
  regions = ["eu_west", "us_east"]
}

resource "digitalocean_uptime_alert" "down" {
  name       = "${var.name} is down"
  check_id   = digitalocean_uptime_check.web.id
  type       = "down_global"
  period     = "2m"

  notifications {
    email = [var.operator]
  }
}
