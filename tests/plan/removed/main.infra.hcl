removed {
  from = acme_vm.kept
  lifecycle { destroy = false }
}

removed {
  from = acme_vm.destroyed
  lifecycle { destroy = true }
}

removed {
  from = module.gone
  lifecycle { destroy = false }
}
