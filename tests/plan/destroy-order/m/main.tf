variable "net" {}
resource "acme_vm" "c" { net = var.net }
