# -destroy
resource "acme_net" "n" {}
resource "acme_vm" "a" { net = acme_net.n.id }

# The stored dependencies count: this one was made when it pointed to `a`.
resource "acme_vm" "b" {}

module "m" {
  source = "./m"
  net    = acme_vm.a.id
}
