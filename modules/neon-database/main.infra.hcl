# Postgres at Neon: a project with its own branch, database and role, and a compute that only reads.

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
