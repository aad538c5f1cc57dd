resource "acme_vm" "b" {}

moved {
  from = acme_vm.a
  to   = acme_vm.b
}
