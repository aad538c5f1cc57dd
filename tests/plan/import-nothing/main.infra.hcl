import {
  to = acme_vm.a
  id = "nothing"
}

import {
  to = acme_vm.undeclared
  id = "one"
}

# An object that cannot be imported is not made instead, and what needs it says nothing more.
resource "acme_vm" "a" {}
resource "acme_vm" "b" { net = acme_vm.a.id }
