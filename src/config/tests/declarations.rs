use proptest::prelude::*;

use super::load_text;
use crate::addr::Mode;
use crate::config::Config;
use crate::config::Module;
use crate::config::Resource;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

const FULL: &str = r#"
terraform {
  required_version = ">= 1.5, < 2"
  required_providers {
    acme = { source = "Acme/acme", version = "~> 2.0", configuration_aliases = [acme.far] }
  }
  backend "local" { path = "x" }
}
infra { deferral = true }
provider "acme" { alias = "near" }
variable "v" {
  type      = list(object({ a = string, b = optional(number, 3) }))
  sensitive = true
  nullable  = "false"
  validation {
    condition     = length(var.v) > 0
    error_message = "none"
  }
}
variable "plain" { default = 1 }
locals { l = var.plain }
resource "acme_vm" "web" {
  provider   = acme.near
  for_each   = var.v
  depends_on = [acme_net.n]
  size       = each.key
  disk { gb = 1 }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [size, disk[0].gb]
    replace_triggered_by  = [acme_net.n.id]
    max_unavailable       = 2
    postcondition {
      condition     = self.ok
      error_message = "no"
    }
  }
  connection { host = self.ip }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = self.id
  }
  _ {
    count = 3
  }
}
resource "acme_net" "n" {}
data "acme_zone" "z" {}
output "o" {
  value      = acme_vm.web["a"].id
  sensitive  = true
  depends_on = [data.acme_zone.z]
}
moved {
  from = acme_vm.old[0]
  to   = acme_vm.web["a"]
}
import {
  for_each = local.l
  to       = acme_vm.web[each.key]
  id       = each.value
}
removed {
  from = module.gone.acme_vm.x
  lifecycle { destroy = false }
}
check "c" {
  data "acme_zone" "own" {}
  assert {
    condition     = data.acme_zone.own.ok
    error_message = "no"
  }
}
"#;

fn resource<'a>(module: &'a Module, mode: Mode, ty: &str, name: &str) -> &'a Resource {
    &module.resources[&(mode, Str::from(ty), Str::from(name))]
}

#[test]
fn every_kind_of_block_is_declared() {
    let (config, problems) = load_text(FULL);
    assert_eq!(problems, Vec::<String>::new());
    let root = config.module(Config::ROOT);

    let settings = &root.settings;
    assert_eq!(settings.deferral, Some(true));
    assert_eq!(settings.required_providers["acme"].0.as_deref(), Some("acme/acme"));
    assert_eq!(&*settings.provider_requirements["acme"].aliases[0].0, "far");
    assert_eq!(settings.backend.as_ref().map(|(kind, ..)| &**kind), Some("local"));

    let variable = &root.variables["v"];
    assert_eq!(format!("{:?}", variable.ty.element()), "Some({\"a\": string, \"b\": number})");
    assert!(variable.sensitive && !variable.nullable && variable.typed && variable.validations.len() == 1);
    let (place, _) = &variable.type_defaults[0];
    assert_eq!(*place, Path::root().index(Value::NULL).attr("b"));

    let web = resource(root, Mode::Managed, "acme_vm", "web");
    assert!(web.for_each.is_some() && web.count.is_none());
    assert_eq!(web.provider.as_ref().and_then(|provider| provider.alias.as_deref()), Some("near"));
    let rest: Vec<_> = web.body.attributes.iter().map(|attribute| &*attribute.name).collect();
    assert_eq!(rest, ["size", "count"], "an escaped name is an ordinary argument");
    assert_eq!(web.body.blocks.len(), 1);
    let lifecycle = &web.lifecycle;
    assert_eq!((lifecycle.ignore_changes.len(), lifecycle.replace_triggered_by.len()), (2, 1));
    assert!(lifecycle.create_before_destroy == Some(true) && lifecycle.max_unavailable.is_some());
    let provisioner = &web.provisioners[0];
    assert!(provisioner.on_destroy && provisioner.continue_on_failure && web.connection.is_some());

    assert!(root.outputs["o"].sensitive && root.outputs["o"].depends_on.len() == 1);
    assert_eq!(root.moved[0].to.to_string(), r#"acme_vm.web["a"]"#);
    assert!(root.imports[0].for_each.is_some());
    assert_eq!(root.removed[0].from.to_string(), "module.gone.acme_vm.x");
    assert!(!root.removed[0].destroy && root.checks["c"].data.is_some());
}

#[test]
fn types_read_as_they_are_written() {
    for (text, expected) in [
        ("string", "string"),
        ("any", "dynamic"),
        ("list", "list of dynamic"),
        ("map(number)", "map of number"),
        ("set(list(bool))", "set of list of bool"),
        ("tuple([string, number])", "[string, number]"),
        ("object({ b = bool, a = any })", r#"{"a": dynamic, "b": bool}"#),
    ] {
        let (config, problems) = load_text(&format!("variable \"v\" {{ type = {text} }}"));
        assert_eq!(problems, Vec::<String>::new(), "{text}");
        assert_eq!(format!("{:?}", config.root().variables["v"].ty), expected);
    }
    for text in [
        "strin",
        "set",
        "object",
        "list()",
        "list(string, number)",
        "string(x)",
        "any(string)",
        "foo(string)",
        "1",
        "optional(string)",
        "tuple(string)",
        "object(string)",
        "object({ \"a\" = string })",
        "object({ a = string, a = string })",
        "object({ a = optional() })",
        "object({ a = optional(string, 1, 2) })",
    ] {
        let (_, problems) = load_text(&format!("variable \"v\" {{ type = {text} }}"));
        assert_eq!(problems, ["1 Invalid type specification"], "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_damaged_configuration_is_loaded_without_a_panic(
        at in 0..FULL.len(),
        length in 0..30_usize,
        put in "[\"{}()\\n$a=.\\[\\]]{0,3}",
    ) {
        let end = (at + length).min(FULL.len());
        load_text(&format!("{}{put}{}", &FULL[..at], &FULL[end..]));
    }
}
