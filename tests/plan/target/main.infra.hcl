# -target=acme_vm.b[1]
resource "acme_net" "needed" {}
resource "acme_net" "other" {}
resource "acme_vm" "a" { net = acme_net.needed.id }

resource "acme_vm" "b" {
  count = 2
  net   = acme_vm.a.id
}

resource "acme_vm" "behind" { net = acme_vm.b[1].id }
