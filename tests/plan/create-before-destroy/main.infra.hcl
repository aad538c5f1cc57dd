# What `b` depends on is made first too, through a local value and a resource that is only updated.
resource "acme_net" "n" { cidr = "new" }
resource "acme_vm" "between" { net = acme_net.n.id }
locals { between = acme_vm.between.net }

resource "acme_vm" "b" {
  net   = local.between
  image = "new"
  lifecycle { create_before_destroy = true }
}

# Nothing asks it of this one.
resource "acme_vm" "alone" { image = "new" }
