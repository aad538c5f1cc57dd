# -replace=acme_vm.a[1] -replace=acme_vm.b
resource "acme_vm" "a" { count = 2 }

resource "acme_vm" "b" {
  net = acme_vm.a[1].id
  lifecycle { create_before_destroy = false }
}

resource "acme_vm" "c" { net = acme_vm.a[0].id }
