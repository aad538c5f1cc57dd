# A Python service on hosts: gunicorn with uvicorn workers under systemd, as a user of its own, gated on its health.

locals {
  home = "/srv/${var.name}"
  venv = "${local.home}/venv-${substr(sha256(var.requirements), 0, 12)}"

  # One host migrates for all. It does so for each database; what leads there is all but the password.
  first    = coalesce(var.migrates_on, sort(keys(var.machines))[0])
  database = nonsensitive(sha256(replace(var.admin_url, "/:[^:@/]*@/", "@")))

  # Only values are secrets, and this one is not.
  given   = nonsensitive(keys(var.environment))
  workers = contains(local.given, "WEB_CONCURRENCY") ? {
    for name, vcpus in var.vcpus : name => tonumber(nonsensitive(var.environment["WEB_CONCURRENCY"]))
    } : {
    for name, vcpus in var.vcpus : name => var.io_bound ? 4 * vcpus : 2 * vcpus + 1
  }

  # What is for all workers of all hosts together, shared out.
  shares = { for name, total in var.shared : name => floor(total / sum(values(local.workers))) }

  # What each process is told beside what it is given; what is given wins.
  defaults = {
    for name, workers in local.workers : name => merge(
      {
        GUNICORN_TIMEOUT = tostring(var.timeout)
        WEB_CONCURRENCY  = tostring(workers)
        WEB_THREADS      = tostring(var.threads)
      },
      { for name, share in local.shares : name => tostring(share) },
    )
  }

  files = {
    for file in setproduct(keys(var.machines), keys(var.files)) :
    "${file[0]}/${file[1]}" => { host = file[0], path = file[1] }
  }
}

resource "host_package" "python" {
  for_each = var.machines
  host     = each.value
  name     = "python3-venv"
}

resource "host_package" "psql" {
  for_each = var.migration == "" ? {} : { (local.first) = var.machines[local.first] }
  host     = each.value
  name     = "postgresql-client"
}

resource "host_user" "service" {
  for_each    = var.machines
  host        = each.value
  name        = var.name
  system      = true
  home        = local.home
  create_home = false # The application's folder is not the service's to write to.
}

resource "host_directory" "home" {
  for_each  = var.machines
  host      = each.value
  path      = local.home
  recursive = true
}

resource "host_file" "app" {
  for_each       = local.files
  host           = var.machines[each.value.host]
  path           = "${local.home}/${each.value.path}"
  content        = var.files[each.value.path]
  create_parents = true

  depends_on = [host_directory.home]
}

resource "host_file" "requirements" {
  for_each = var.machines
  host     = each.value
  path     = "${local.home}/requirements.txt"
  content  = var.requirements

  depends_on = [host_directory.home]
}

resource "host_env_file" "service" {
  for_each = var.machines
  host     = each.value
  path     = "/etc/${var.name}.env"
  values   = merge(local.defaults[each.key], var.environment)

  lifecycle {
    precondition {
      condition     = alltrue([for name, share in local.shares : share >= 1 || contains(local.given, name)])
      error_message = "There are ${sum(values(local.workers))} workers, and they share ${join(", ", [for name, total in var.shared : "${name} = ${total}"])}: that is less than one each."
    }
  }
}

# An environment for each set of requirements: the one before serves until the new one is whole, and again when the service
# does not come up with it. One that is whole is never made anew.
resource "host_command" "venv" {
  for_each = var.machines
  host     = each.value
  name     = "${var.name} venv"
  once_per = local.venv
  creates  = "${local.venv}/bin/gunicorn"
  timeout  = "15m"
  run      = <<-END
    set -e
    if [ ! -e "${local.venv}/whole" ]; then
      rm -rf "${local.venv}"
      python3 -m venv "${local.venv}"
      "${local.venv}/bin/pip" install --quiet --disable-pip-version-check -r "${host_file.requirements[each.key].path}"
      : >"${local.venv}/whole"
    fi
    touch "${local.venv}"
  END

  depends_on = [host_package.python]
}

resource "host_file" "migration" {
  for_each = var.migration == "" ? {} : { (local.first) = var.machines[local.first] }
  host     = each.value
  path     = "${local.home}/migrate.sql"
  content  = var.migration

  depends_on = [host_directory.home]
}

resource "host_command" "migrate" {
  for_each    = host_file.migration
  host        = var.machines[each.key]
  name        = "${var.name} migrate"
  once_per    = "${each.value.digest} ${local.database}"
  environment = { ADMIN_URL = var.admin_url, APP = var.role, FILE = each.value.path }
  # Arguments of a program can be read by everybody on the host; the password is not one.
  run = <<-END
    exec python3 - <<'PYTHON'
    import os
    from urllib.parse import unquote, urlsplit
    url = urlsplit(os.environ.pop("ADMIN_URL"))
    user, _, host = url.netloc.rpartition("@")
    user, _, password = user.partition(":")
    os.environ["PGPASSWORD"] = unquote(password)
    address = url._replace(netloc=user + "@" + host).geturl()
    app = "app=" + os.environ["APP"]
    os.execlp("psql", "psql", "-X", "-v", "ON_ERROR_STOP=1", "-v", app, "-1", "-f", os.environ["FILE"], address)
    PYTHON
  END

  depends_on = [host_package.python, host_package.psql]
}

resource "host_systemd_unit" "service" {
  for_each = var.machines
  host     = each.value
  name     = "${var.name}.service"
  enabled  = true
  text = templatefile("${path.module}/service.tftpl", {
    name             = var.name
    home             = local.home
    venv             = host_command.venv[each.key].once_per
    environment      = host_env_file.service[each.key].path
    application      = var.application
    worker_class     = var.worker_class
    port             = var.port
    graceful_timeout = var.graceful_timeout
  })

  restart_on = concat(
    [host_env_file.service[each.key].digest],
    [for key, file in local.files : host_file.app[key].digest if file.host == each.key],
  )

  gate {
    http     = ":${var.port}${var.health}"
    hold     = "5s"
    deadline = "90s"
  }

  # The environment is its own host's, by the reference to it: then all of a host comes at once.
  depends_on = [host_command.migrate, host_user.service]
}

# Once the service is up with its environment, that one stays, with two to go back to.
resource "host_command" "tidy" {
  for_each = var.machines
  host     = each.value
  name     = "${var.name} tidy"
  once_per = "${host_systemd_unit.service[each.key].name} ${local.venv}"
  run      = "ls -dt ${local.home}/venv-* | tail -n +4 | xargs -r rm -rf --"
}
