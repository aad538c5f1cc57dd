resource "acme_vm" "one" {
  image = "new"
  name  = "new"
  lifecycle { ignore_changes = [image] }
}

resource "acme_vm" "part" {
  tags = {
    kept   = "new"
    looked = "new"
  }
  lifecycle { ignore_changes = [tags["kept"]] }
}

resource "acme_vm" "same" {
  tags = { kept = "new" }
  lifecycle { ignore_changes = [tags["kept"]] }
}

resource "acme_vm" "all" {
  image = "new"
  name  = "new"
  lifecycle { ignore_changes = all }
}

# Nothing to ignore on what is not there yet.
resource "acme_vm" "made" {
  name = "new"
  lifecycle { ignore_changes = all }
}
