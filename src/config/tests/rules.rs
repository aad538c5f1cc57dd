use super::load_files;
use super::load_text;

#[test]
fn blocks_say_what_does_not_belong_or_is_missing() {
    for (text, expected) in [
        ("a = 1", "1 Unsupported argument"),
        ("resorce \"a\" \"b\" {}", "1 Unsupported block type"),
        ("resource \"a\" {}", "1 Missing name for resource"),
        ("variable \"a\" \"b\" {}", "1 Extraneous label for variable"),
        ("variable \"1x\" {}", "1 Invalid variable name"),
        ("variable \"count\" {}", "1 Invalid variable name"),
        ("resource \"a\" \"1\" {}", "1 Invalid resource name"),
        ("output \"o\" {}", "1 Missing required argument"),
        ("output \"o\" { vale = 1 }", "1 Unsupported argument | 1 Missing required argument"),
        ("variable \"v\" {\n default = var.x\n}", "2 Variables not allowed"),
        ("variable \"v\" {\n default = f()\n}", "2 Function calls not allowed"),
        ("variable \"v\" {\n sensitive = 1\n}", "2 Unsuitable value type"),
        ("locals {\n b {}\n}", "2 Unexpected \"b\" block"),
        ("check \"c\" {}", "1 Zero assert blocks"),
        ("terraform {\n required_version = \"> 5\"\n}", "2 Unsupported Terraform Core version"),
        ("infra {\n required_version = \"> 5\"\n}", "2 Unsupported infra version"),
        ("terraform {\n required_version = \"abc\"\n}", "2 Invalid version constraint"),
        ("terraform {\n required_version = \">= 1-beta\"\n}", "2 Invalid required_version constraint"),
        ("terraform {\n cloud {}\n}", "2 Unsupported cloud configuration"),
        ("ephemeral \"a\" \"b\" {}", "1 Unsupported block type"),
        ("moved {\n from = a.b\n}", "1 Missing required argument"),
        ("moved {\n from = a.b\n to = module.c\n}", "1 Invalid \"moved\" addresses"),
        ("moved {\n from = a.b[x]\n to = a.c\n}", "2 Invalid expression"),
        ("moved {\n from = var.b\n to = a.c\n}", "2 Invalid address"),
        ("moved {\n from = a.b.c\n to = a.c\n}", "2 Invalid address"),
        ("removed {\n from = data.a.b\n}", "2 Data source address not allowed"),
        ("removed {\n from = a.b[0]\n}", "2 Resource instance keys not allowed"),
        ("removed {\n from = module.b[0]\n}", "2 Module instance keys not allowed"),
        ("import {\n to = data.a.b\n id = \"x\"\n}", "2 Invalid import address"),
        (
            "import {\n to = a.b\n id = \"x\"\n}\nimport {\n to = a.b\n id = \"y\"\n}",
            "6 Duplicate import configuration for \"a.b\"",
        ),
        ("provider \"a\" {\n count = 1\n}", "2 Reserved argument name in provider block"),
        ("provider \"a\" {\n alias = \"b c\"\n}", "2 Invalid provider configuration alias"),
        ("module \"m\" {}", "1 Missing required argument"),
        ("module \"m\" {\n source = \"m\"\n}", "2 Invalid module source address"),
        ("module \"m\" {\n source = \"a/b/c\"\n}", "2 Unsupported module source"),
        ("module \"m\" {\n source = \"./nope\"\n}", "2 Unreadable module directory"),
    ] {
        assert_eq!(load_text(text).1.join(" | "), expected, "{text}");
    }
}

#[test]
fn the_inside_of_a_resource_is_checked() {
    for (text, expected) in [
        ("count = 1\nfor_each = {}", "3 Invalid combination of \"count\" and \"for_each\""),
        ("depends_on = a.b", "2 Invalid expression"),
        ("depends_on = [\"b.c\"]", "~2 Quoted references are deprecated | 2 Reference to undeclared resource"),
        ("depends_on = [b.c]", "2 Reference to undeclared resource"),
        ("depends_on = [a.b.c]", "2 Invalid depends_on reference"),
        ("provider = x.y.z", "2 Invalid provider configuration reference"),
        ("provider = x.y", "2 Provider configuration not present"),
        ("lifecycle {\n prevent_destory = true\n}", "3 Unsupported argument"),
        ("lifecycle {\n ignore_changes = x\n}", "3 Invalid expression"),
        ("lifecycle {\n ignore_changes = [x, f()]\n}", "3 Invalid expression"),
        ("lifecycle {\n ignore_changes = all\n}", ""),
        ("lifecycle {\n ignore_changes = [\"x\"]\n}", "~3 Quoted references are deprecated"),
        (
            "lifecycle {\n replace_triggered_by = [var.v]\n}",
            "3 Invalid reference in replace_triggered_by expression | 3 Invalid replace_triggered_by expression",
        ),
        ("lifecycle {}\nlifecycle {}", "3 Duplicate lifecycle block"),
        (
            "lifecycle {\n precondition {\n  condition = true\n  error_message = \"\"\n }\n}",
            "4 Invalid precondition expression",
        ),
        ("provisioner \"x\" {\n when = never\n}", "3 Invalid \"when\" keyword"),
        ("provisioner \"x\" {\n when = destroy\n y = var.x\n}", "4 Invalid reference from destroy provisioner"),
        ("locals {}", "2 Reserved block type name in resource block"),
    ] {
        let (_, problems) = load_text(&format!("resource \"a\" \"b\" {{\n{text}\n}}\n"));
        assert_eq!(problems.join(" | "), expected, "{text}");
    }
}

#[test]
fn a_name_is_declared_once() {
    for (block, expected) in [
        ("resource \"a\" \"b\" {}", "2 Duplicate resource \"a\" configuration"),
        ("data \"a\" \"b\" {}", "2 Duplicate data \"a\" configuration"),
        ("variable \"v\" {}", "2 Duplicate variable declaration"),
        ("output \"o\" { value = 1 }", "2 Duplicate output definition"),
        ("locals { l = 1 }", "2 Duplicate local value definition"),
        ("module \"m\" { source = \"./m\" }", "2 Duplicate module call"),
        ("provider \"p\" {}", "2 Duplicate provider configuration"),
        ("provider \"p\" { alias = \"x\" }", "2 Duplicate provider configuration"),
    ] {
        let main = format!("{block}\n{block}\n");
        let (_, problems) = load_files(&[("main.tf", &main), ("m/x.tf", "")]);
        assert_eq!(problems, [expected], "{block}");
    }
}

#[test]
fn overrides_change_what_exists_and_nothing_else() {
    let base = r#"
variable "v" { default = 1 }
locals { l = 1 }
resource "a" "b" {
  x = 1
  y = 1
  disk { n = 1 }
  disk { n = 2 }
  lifecycle { create_before_destroy = true }
}
"#;
    let over = r#"
variable "v" { type = number }
locals { l = 2 }
resource "a" "b" {
  y = 2
  disk { n = 3 }
  lifecycle { prevent_destroy = true }
}
"#;
    let (config, problems) = load_files(&[("main.tf", base), ("z_override.tf", over)]);
    assert_eq!(problems, Vec::<String>::new());
    let root = config.root();
    assert!(root.variables["v"].typed && root.variables["v"].default.is_some());
    let resource = root.resources.values().next().expect("there is one");
    assert_eq!((resource.body.attributes.len(), resource.body.blocks.len()), (2, 1));
    assert!(resource.lifecycle.prevent_destroy && resource.lifecycle.create_before_destroy == Some(true));

    for (over, expected) in [
        ("variable \"z\" {}", "override.tf:1 Missing base variable declaration to override"),
        ("output \"z\" { value = 1 }", "override.tf:1 Missing base output definition to override"),
        ("locals { z = 1 }", "override.tf:1 Missing base local value definition to override"),
        ("resource \"a\" \"z\" {}", "override.tf:1 Missing resource to override"),
        ("data \"a\" \"z\" {}", "override.tf:1 Missing data resource to override"),
        ("module \"z\" { source = \"./z\" }", "override.tf:1 Missing module call to override"),
        ("resource \"a\" \"b\" { depends_on = [a.b] }", "override.tf:1 Unsupported override"),
        ("moved {}", "override.tf:1 Cannot override 'moved' blocks"),
        ("check \"c\" {}", "override.tf:1 Can't override check blocks"),
    ] {
        assert_eq!(load_files(&[("main.tf", base), ("override.tf", over)]).1, [expected], "{over}");
    }
}
