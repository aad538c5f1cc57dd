output "url" {
  description = "Where the application finds it."
  value = (local.is_managed
    ? digitalocean_database_cluster.main[0].private_uri
    : "redis://:${random_password.redis["main"].result}@${var.address}:6379/0"
  )
  sensitive = true
}
