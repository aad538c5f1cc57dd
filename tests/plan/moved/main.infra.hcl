resource "acme_vm" "b" { name = "same" }

resource "acme_vm" "keyed" {
  for_each = toset(["x"])
  name     = "new"
}

# It gains a count: its first object is kept.
resource "acme_vm" "counted" { count = 2 }

moved {
  from = acme_vm.a
  to   = acme_vm.b
}

moved {
  from = acme_vm.single
  to   = acme_vm.keyed["x"]
}
