use super::load_files;
use super::load_text;
use crate::config::body_references;

const CONTEXT: &str = r#"
variable "x" {}
locals { l = 1 }
resource "a" "one" {}
resource "a" "many" { count = 2 }
resource "a" "keyed" { for_each = {} }
data "a" "d" {}
module "m" { source = "./m" }
module "mc" {
  source = "./m"
  count  = 2
}
check "c" {
  data "a" "scoped" {}
  assert {
    condition     = data.a.scoped.ok && var.x
    error_message = "no"
  }
}
"#;

#[test]
fn references_must_name_what_exists() {
    for (expr, expected) in [
        ("[var.x, local.l, a.one.id, a.many[0].id, a.many[*].id, a.keyed[\"k\"].id, data.a.d.x, resource.a.one]", ""),
        ("[module.m.o, module.mc[0].o, module.mc[*].o, path.module, terraform.workspace]", ""),
        ("[for a in var.x : a.b if a != null]", ""),
        ("\"%{for v in var.x}${v}%{endfor}\"", ""),
        ("var.y", "Reference to undeclared input variable"),
        ("f(g([{ a = var.y }]))", "Reference to undeclared input variable"),
        ("local.x", "Reference to undeclared local value"),
        ("a.none.id", "Reference to undeclared resource"),
        ("a.d", "Reference to undeclared resource"),
        ("data.a.one", "Reference to undeclared resource"),
        ("data.a.scoped", "Reference to scoped resource"),
        ("a.one[a.none.id]", "Reference to undeclared resource"),
        ("a.many.id", "Missing resource instance key"),
        ("a.keyed.id", "Missing resource instance key"),
        ("a.one[0].id", "Unexpected resource instance key"),
        ("module.n", "Reference to undeclared module"),
        ("module.m.p", "Unsupported attribute"),
        ("module.mc.o", "Unsupported attribute"),
        ("module.mc[0].p", "Unsupported attribute"),
        ("foo", "Invalid reference"),
        ("data.a", "Invalid reference"),
        ("var", "Invalid reference"),
        ("var[0]", "Invalid reference"),
        ("path.modul", "Invalid \"path\" attribute"),
        ("terraform.env", "Invalid \"terraform\" attribute"),
        ("count.foo", "Invalid \"count\" attribute"),
        ("each.foo", "Invalid \"each\" attribute"),
        ("each.key", "Reference to \"each\" in context without for_each"),
        ("count.index", "Reference to \"count\" in non-counted context"),
        ("self.id", "Invalid \"self\" reference"),
        ("lazy.x", "Reserved symbol name"),
    ] {
        let main = format!("output \"o\" {{\n  value = {expr}\n}}\n{CONTEXT}");
        let (_, problems) = load_files(&[("main.tf", &main), ("m/m.tf", "output \"o\" { value = 1 }")]);
        let expected = if expected.is_empty() { Vec::new() } else { vec![format!("2 {expected}")] };
        assert_eq!(problems, expected, "{expr}");
    }
}

#[test]
fn each_count_and_self_are_where_they_are_given() {
    for (text, expected) in [
        ("count = 1\nx = count.index", ""),
        ("for_each = {}\nx = each.value", ""),
        ("count = count.index", "3 Reference to \"count\" in non-counted context"),
        ("provisioner \"p\" {\n x = self.id\n}\nconnection {\n h = self.ip\n}", ""),
        ("dynamic \"d\" {\n for_each = [1]\n content {\n  x = d.value\n }\n}", ""),
        ("dynamic \"d\" {\n for_each = [1]\n iterator = it\n content {\n  x = [it.key, d.value]\n }\n}", "7 Reference"),
    ] {
        let (_, problems) = load_text(&format!("resource \"a\" \"b\" {{\n\n{text}\n}}\n"));
        assert_eq!(problems.is_empty(), expected.is_empty(), "{text}: {problems:?}");
        assert!(problems.iter().all(|problem| problem.starts_with(expected)), "{text}: {problems:?}");
    }
    assert_eq!(load_text("locals { a = local.a }").1, ["1 Self-referencing local value"]);
}

#[test]
fn references_of_a_body_come_in_the_order_of_the_text() {
    let text =
        "resource \"a\" \"b\" {\n x = [var.v, f(local.l)]\n d {\n  y = \"${a.c[0].id}${data.e.f[var.k].g}\"\n }\n}\n";
    let (sources, mut diags) = (crate::diag::Sources::new(), crate::diag::Diagnostics::new());
    let id = sources.add("main.tf", text);
    let body = crate::syntax::parse(&sources, id, &mut diags);
    let source = sources.get(id);
    let refs = body_references(&body.blocks[0].body);
    let shown: Vec<_> = refs.iter().map(|r| (source.slice(r.subject), source.slice(r.span), r.rest.len())).collect();
    assert_eq!(
        shown,
        [
            ("var.v", "var.v", 0),
            ("local.l", "local.l", 0),
            ("a.c", "a.c[0].id", 2),
            ("data.e.f", "data.e.f", 0),
            ("var.k", "var.k", 0),
        ]
    );
}
