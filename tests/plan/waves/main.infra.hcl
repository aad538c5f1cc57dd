resource "acme_vm" "a" {
  count = 4
  size  = 2
  lifecycle { max_unavailable = 2 }
}

# A change that interrupts nothing needs no waves.
resource "acme_vm" "b" {
  count = 2
  name  = "new"
  lifecycle { max_unavailable = 1 }
}

resource "host_file" "f" {
  count = 2
  host  = "h${count.index}"
  path  = "/new"
}
