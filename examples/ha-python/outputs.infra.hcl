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
