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
