# Postgres at Neon: a project with its own branch, database and role, and a compute that only reads.

variable "name" {
  description = "What the project is called."
  type        = string
}

variable "region" {
  description = "Neon's region, as aws-eu-central-1."
  type        = string
  default     = "aws-eu-central-1"
}

resource "neon_project" "main" {
  name      = var.name
  region_id = var.region
}

resource "neon_role" "app" {
  project_id = neon_project.main.id
  branch_id  = neon_project.main.default_branch_id
  name       = "app"
}

resource "neon_endpoint" "read" {
  project_id = neon_project.main.id
  branch_id  = neon_project.main.default_branch_id
  type       = "read_only"
}

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
  description = "For what only reads."
  value       = "postgresql://${neon_role.app.name}:${urlencode(neon_role.app.password)}@${neon_endpoint.read.host}/${neon_project.main.database_name}?sslmode=require"
  sensitive   = true
}

output "role" {
  description = "The application's role."
  value       = neon_role.app.name
}
