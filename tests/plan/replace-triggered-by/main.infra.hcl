resource "acme_net" "n" {
  name = "new"
  cidr = "same"
}

resource "acme_vm" "whole" {
  lifecycle { replace_triggered_by = [acme_net.n] }
}

resource "acme_vm" "part" {
  lifecycle { replace_triggered_by = [acme_net.n.name] }
}

resource "acme_vm" "other_part" {
  lifecycle { replace_triggered_by = [acme_net.n.cidr] }
}

resource "acme_vm" "made" {
  lifecycle { replace_triggered_by = [acme_net.n] }
}
