import {
  to = acme_vm.same
  id = "one"
}

import {
  to = acme_vm.differs
  id = "two"
}

import {
  to = acme_vm.ours
  id = "three"
}

import {
  for_each = toset(["x", "y"])
  to       = acme_vm.each[each.key]
  id       = "id-${each.key}"
}

resource "acme_vm" "same" { name = "one" }
resource "acme_vm" "differs" { name = "new" }
resource "acme_vm" "ours" { name = "ours" }

resource "acme_vm" "each" {
  for_each = toset(["x", "y", "z"])
  name     = "id-${each.key}"
}
