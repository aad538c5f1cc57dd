//! Lowered modules: what refers to what, and names that mean nothing.

use super::world::Values;
use super::world::World;
use super::world::problems;
use crate::addr::InstanceKey;
use crate::diag::Diagnostics;
use crate::eval::render::with_pure_cx;
use crate::value::Value;

fn refs(world: &World, refs: &[crate::eval::Ref]) -> Vec<String> {
    refs.iter().map(|reference| world.module.describe(reference.target)).collect()
}

#[test]
fn definitions_know_what_they_refer_to() {
    let child = "variable \"a\" {}\noutput \"x\" {\n  value = var.a\n}\noutput \"y\" {\n  value = 1\n}\n";
    let world = World::of(&[
        (
            "main.tf",
            r#"
variable "size" {}
locals {
  l = [for v in [1] : v + var.size]
}
resource "acme_vm" "a" {
  for_each = toset([local.l])
  name     = "${each.key}-${module.m.y}"
  dynamic "disk" {
    for_each = data.acme_disks.d.all
    content {
      size = disk.value.size + module.n[0].x
    }
  }
  depends_on = [acme_net.n[0]]
  lifecycle {
    precondition {
      condition     = var.size > 1
      error_message = "no"
    }
    postcondition {
      condition     = self.name != acme_vm.a["x"].name
      error_message = "no"
    }
  }
}
resource "acme_net" "n" {
  count = 2
}
data "acme_disks" "d" {}
module "m" {
  source = "./child"
  a      = acme_net.n[*].id
}
module "n" {
  source = "./child"
  count  = var.size
  a      = module.m
}
"#,
        ),
        ("child/main.tf", child),
    ]);
    assert_eq!(world.problems(), Vec::<String>::new());
    let module = &world.module;
    let vm = module.resources.iter().find(|resource| &*resource.ty == "acme_vm").expect("declared above");
    assert_eq!(refs(&world, &vm.refs), ["local.l", "module.m.y", "data.acme_disks.d", "module.n.x", "var.size"]);
    assert_eq!(refs(&world, &vm.depends_on), ["acme_net.n"]);
    assert_eq!(refs(&world, &module.locals[0].refs), ["var.size"]);
    let call = |name: &str| module.calls.iter().find(|call| &*call.name == name).expect("declared above");
    assert_eq!(refs(&world, &call("m").arguments[0].refs), ["acme_net.n"]);
    assert_eq!(refs(&world, &call("n").arguments[0].refs), ["module.m"]);
    assert_eq!(refs(&world, &call("n").refs), ["var.size"]);
}

#[test]
fn names_that_mean_nothing_are_reported() {
    let declared = "variable \"size\" {}\nlocals {\n  name = 1\n}\nresource \"acme_vm\" \"web\" {}\nresource \
                    \"acme_vm\" \"many\" {\n  count = 2\n}\n";
    for (text, expected) in [
        (
            "var.sise",
            "Reference to undeclared input variable: An input variable with the name \"sise\" has not been declared. Did \
             you mean \"size\"?",
        ),
        (
            "local.nme",
            "Reference to undeclared local value: A local value with the name \"nme\" has not been declared. Did you \
             mean \"name\"?",
        ),
        (
            "acme_vm.wbe.id",
            "Reference to undeclared resource: A managed resource \"acme_vm\" \"wbe\" has not been declared in the root \
             module. Did you mean \"web\"?",
        ),
        ("module.m.x", "Reference to undeclared module: No module call named \"m\" is declared in the root module."),
        (
            "foo",
            "Invalid reference: A reference to a resource type must be followed by at least one attribute access, \
             specifying the resource name.",
        ),
        (
            "var",
            "Invalid reference: The \"var\" object cannot be accessed directly. Instead, access one of its attributes.",
        ),
        (
            "acme_vm.many.id",
            "Missing resource instance key: Because acme_vm.many has \"count\" set, its attributes must be accessed on \
             specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
             acme_vm.many[count.index]",
        ),
        (
            "acme_vm.web[0].id",
            "Unexpected resource instance key: Because acme_vm.web does not have \"count\" or \"for_each\" set, \
             references to it must not include an index key. Remove the bracketed index to refer to the single \
             instance of this resource.",
        ),
        (
            "each.key",
            "Reference to \"each\" in context without for_each: The \"each\" object can be used only in \"module\" or \
             \"resource\" blocks, and only when the \"for_each\" argument is set.",
        ),
        ("uper(1)", "Call to unknown function: There is no function named \"uper\". Did you mean \"upper\"?"),
        (
            "path.modul",
            "Invalid \"path\" attribute: The \"path\" object does not have an attribute named \"modul\". Did you mean \
             \"module\"?",
        ),
    ] {
        let world = World::new(&format!("{declared}output \"o\" {{\n  value = {text}\n}}\n"));
        assert_eq!(world.problems(), [expected], "{text}");
    }
}

#[test]
fn a_block_may_not_refer_to_itself() {
    let world = World::new("resource \"acme_vm\" \"a\" {\n  name = acme_vm.a.id\n}\n");
    let expected = "Self-referential block: Configuration for acme_vm.a may not refer to itself.";
    assert_eq!(world.problems(), [expected]);
}

#[test]
fn one_instance_is_read_without_the_others() {
    let world = World::new(
        "resource \"acme_vm\" \"a\" {\n  for_each = {}\n}\nlocals {\n  one = acme_vm.a[\"x\"].n\n  all = [for v in \
         acme_vm.a : v.n]\n  bad = acme_vm.a[\"z\"].n\n}\n",
    );
    assert_eq!(world.problems(), Vec::<String>::new());
    with_pure_cx(|cx| {
        let mut values = Values::new(&world, cx);
        for (key, n) in [("x", 1), ("y", 2)] {
            let object = Value::object([("n".into(), Value::from(n))]);
            values.instances.insert((0, InstanceKey::Str(key.into())), object);
        }
        let local = |name: &str| {
            let at = world.module.locals.iter().position(|local| &*local.name == name).expect("declared above");
            let mut diags = Diagnostics::new();
            let value = world.evaluate(&values, &mut diags, |e| e.expr(world.module.locals[at].value));
            (format!("{value:?}"), problems(&diags))
        };
        assert_eq!(local("one").0, "1");
        assert_eq!(*values.wholes.borrow(), 0);
        assert_eq!(local("all").0, "[1, 2]");
        assert_eq!(
            local("bad").1,
            ["Invalid index: The given key does not identify an element in this collection value. The instances are \
             [\"x\"], [\"y\"]."]
        );
    });
}

#[test]
fn constants_are_folded() {
    let world = World::new("locals {\n  a = upper(\"a${1 + 2}\") == \"A3\" ? [1] : [2]\n  b = {x = [\"y\", -1]}\n}\n");
    let constant = |at: usize| world.module.arena.constant(world.module.locals[at].value);
    assert!(constant(0).is_none(), "conditionals stay, for the messages of both arms");
    assert_eq!(format!("{:?}", constant(1).expect("folded")), r#"{"x": ["y", -1]}"#);
}
