resource "acme_vm" "tainted" {}
resource "acme_vm" "missing" { name = "gone" }
data "acme_zone" "z" { name = "eu" }
resource "acme_vm" "in_zone" { net = data.acme_zone.z.id }

data "acme_zone" "late" { name = acme_vm.tainted.id }
