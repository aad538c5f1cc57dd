output "address" {
  description = "Where the service answers."
  value       = "https://${digitalocean_domain.main.name}"
}

output "database_url_write" {
  description = "For what writes."
  value = (local.is_managed
    ? digitalocean_database_connection_pool.app[0].private_uri
    : neon_project.main[0].connection_uri_pooler
  )
  sensitive = true
}

output "database_url_read" {
  description = "For what only reads."
  value = (local.is_managed
    ? digitalocean_database_replica.read[0].private_uri
    : "postgresql://${neon_project.main[0].database_user}:${urlencode(neon_project.main[0].database_password)}@${neon_endpoint.read[0].host}/${neon_project.main[0].database_name}?sslmode=require"
  )
  sensitive = true
}

output "cache_url" {
  description = "The cache."
  value       = digitalocean_database_cluster.cache.private_uri
  sensitive   = true
}
