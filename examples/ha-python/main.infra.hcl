# A highly available Python service: droplets behind a load balancer, PostgreSQL with a standby and a replica, a cache, and
# the service itself on every droplet. Try it without an account: `infra plan -sim`.
#
# For a real one, give `ssh_keys` the key that you log in with, `admins` the addresses that you come from, and `domain` your own.

infra {
  required_version = "~> 0.1"
}

provider "digitalocean" {}

provider "neon" {}

module "web" {
  source   = "../../modules/ha-web"
  name     = var.name
  region   = var.region
  names    = var.droplets
  size     = var.size
  ssh_keys = var.ssh_keys
  domain   = var.domain
  admins   = var.admins
}

module "cache" {
  source      = "../../modules/redis-cache"
  name        = "${var.name}-cache"
  mode        = var.cache
  region      = var.region
  size        = var.cache_size
  vpc_id      = module.web.vpc_id
  trusted_tag = module.web.trusted_tag
  machine     = var.cache == "host" ? module.web.machines[local.first] : null
  address     = var.cache == "host" ? module.web.private_addresses[local.first] : null
}

module "service" {
  source       = "../../modules/python-service"
  name         = var.name
  machines     = module.web.machines
  migrates_on  = local.first
  vcpus        = module.web.vcpus
  io_bound     = var.io_bound
  requirements = file("app/requirements.txt")
  migration    = file("app/migrate.sql")
  admin_url    = local.database.admin
  role         = local.database.role
  shared       = local.shared

  files = {
    "main.py" = file("app/main.py")
  }

  environment = merge(
    {
      DATABASE_URL_WRITE = local.database.write
      DATABASE_URL_READ  = local.database.read
      REDIS_URL          = module.cache.url
    },
    var.overrides,
  )
}

locals {
  first = coalesce(var.first, sort(var.droplets)[0])
}
