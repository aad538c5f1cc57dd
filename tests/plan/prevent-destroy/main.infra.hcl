resource "acme_vm" "replaced" {
  image = "new"
  lifecycle { prevent_destroy = true }
}

resource "acme_vm" "fewer" {
  count = 1
  lifecycle { prevent_destroy = true }
}

resource "acme_vm" "updated" {
  name = "new"
  lifecycle { prevent_destroy = true }
}
