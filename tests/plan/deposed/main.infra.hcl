resource "acme_vm" "stays" { net = acme_net.n.id }
resource "acme_net" "n" {}

resource "acme_vm" "again" {
  image = "new"
  lifecycle { create_before_destroy = true }
}
