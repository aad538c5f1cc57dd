output "units" {
  description = "The service on each host."
  value       = { for name, unit in host_systemd_unit.service : name => unit.id }
}
