# -destroy -target=acme_net.n
resource "acme_net" "n" {}
resource "acme_net" "other" {}
resource "acme_vm" "a" { net = acme_net.n.id }
