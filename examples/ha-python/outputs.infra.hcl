output "address" {
  description = "Where the service answers."
  value       = module.web.url
}

output "database_url_write" {
  description = "For what writes."
  value       = local.database.write
  sensitive   = true
}

output "database_url_read" {
  description = "For what only reads."
  value       = local.database.read
  sensitive   = true
}

output "redis_url" {
  description = "The cache."
  value       = module.cache.url
  sensitive   = true
}

# The vendor tells the prices of droplets; these are of the rest. A plan counts with them too, by `-prices=prices.json`.
locals {
  prices = jsondecode(file("prices.json")).monthly
}

output "monthly_cost" {
  description = "USD a month, without what is billed by use: traffic, and Neon. Null where a size is not in prices.json."
  value = try(
    module.web.monthly_cost
    + local.prices["load balancer node"]
    + (local.is_managed ? (local.database_nodes + 1) * local.prices["database ${var.database_size}"] : 0)
    + (var.cache == "managed" ? local.prices["valkey ${var.cache_size}"] : 0),
    null,
  )
}
