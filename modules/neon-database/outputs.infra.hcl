output "admin_url" {
  description = "For migrations, as the role that owns the database."
  value       = neon_project.main.connection_uri
  sensitive   = true
}

output "write_url" {
  description = "For what writes, pooled."
  value       = "postgresql://${neon_role.app.name}:${urlencode(neon_role.app.password)}@${neon_project.main.database_host_pooler}/${neon_project.main.database_name}?sslmode=require"
  sensitive   = true
}

output "read_url" {
  description = "For what only reads, pooled."
  value       = "postgresql://${neon_role.app.name}:${urlencode(neon_role.app.password)}@${neon_endpoint.read.host_pooler}/${neon_project.main.database_name}?sslmode=require"
  sensitive   = true
}

output "role" {
  description = "The application's role."
  value       = neon_role.app.name
}
