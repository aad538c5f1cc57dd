output "machines" {
  description = "The droplets as hosts, by name."
  value       = host_machine.web
}

output "vcpus" {
  description = "How many processors each droplet has, by name."
  value       = { for name, droplet in digitalocean_droplet.web : name => droplet.vcpus }
}

output "vpc_id" {
  description = "The private network."
  value       = digitalocean_vpc.main.id
}

output "trusted_tag" {
  description = "The tag by which databases and firewalls trust the droplets."
  value       = digitalocean_tag.trusted.name
}

output "serving_tag" {
  description = "The tag by which the load balancer finds the droplets."
  value       = digitalocean_tag.serving.name
}

output "url" {
  description = "Where it answers."
  value       = "https://${digitalocean_domain.main.name}"
}

output "private_addresses" {
  description = "The droplets' addresses in the private network, by name."
  value       = { for name, droplet in digitalocean_droplet.web : name => droplet.ipv4_address_private }
}

output "monthly_cost" {
  description = "What the droplets cost, in USD a month."
  value       = sum([for droplet in digitalocean_droplet.web : droplet.price_monthly])
}
