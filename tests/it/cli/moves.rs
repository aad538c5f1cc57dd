//! `moved`, `removed` and `import` blocks that contradict what is declared.

use super::Folder;

const MODULE: &str = "resource \"terraform_data\" \"a\" {}\n";

fn folder(config: &str) -> Folder {
    let folder = Folder::with(config);
    folder.write("m/main.tf", MODULE);
    folder
}

/// The summaries of the errors of a plan, and where each is.
fn errors(config: &str) -> Vec<(String, u64)> {
    let text = folder(config).stdout("plan -json");
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let of_line = |line: serde_json::Value| {
        let found = line.get("diagnostic").filter(|found| found["severity"] == "error")?;
        Some((found["summary"].as_str()?.to_owned(), found["range"]["start"]["line"].as_u64().unwrap_or(0)))
    };
    lines.filter_map(of_line).collect()
}

#[test]
fn two_things_cannot_move_to_one_place() {
    let config = "resource \"terraform_data\" \"r\" {}\nmoved {\n  from = terraform_data.p\n  to = terraform_data.r\n}\n\
                  moved {\n  from = terraform_data.q\n  to = terraform_data.r\n}\n";
    assert_eq!(errors(config), [("Ambiguous move statements".to_owned(), 6)]);
    let text = folder(config).run("plan");
    assert!(text.contains("Each resource can have moved from only one source resource."), "{text}");
}

#[test]
fn an_instance_that_is_still_declared_does_not_move() {
    for (from, repeated, declared) in [
        ("terraform_data.a[0]", "count = 2", true),
        ("terraform_data.a[2]", "count = 2", false),
        ("terraform_data.a[\"k\"]", "for_each = toset([\"k\"])", true),
        ("terraform_data.a", "count = 2", false),
    ] {
        let config = format!(
            "resource \"terraform_data\" \"a\" {{ {repeated} }}\nresource \"terraform_data\" \"b\" {{ count = 1 }}\n\
             moved {{\n  from = {from}\n  to = terraform_data.b[0]\n}}\n"
        );
        let expected = if declared { vec![("Moved object still exists".to_owned(), 3)] } else { Vec::new() };
        assert_eq!(errors(&config), expected, "{from}");
    }
}

#[test]
fn what_a_module_still_declares_does_not_move_out() {
    for from in ["module.m.terraform_data.a", "module.m"] {
        let to = if from == "module.m" { "module.n" } else { "terraform_data.o" };
        let config = format!("module \"m\" {{ source = \"./m\" }}\nmoved {{\n  from = {from}\n  to = {to}\n}}\n");
        assert_eq!(errors(&config), [("Moved object still exists".to_owned(), 2)], "{from}");
    }
    let keyed = "module \"m\" {\n  source = \"./m\"\n  for_each = { x = 1 }\n}\nmoved {\n  from = module.m[\"x\"]\n  to = \
                 module.n\n}\n";
    assert_eq!(errors(keyed), [("Moved object still exists".to_owned(), 5)]);
}

#[test]
fn what_a_module_still_declares_is_not_removed() {
    let removed = "removed {\n  from = module.m.terraform_data.a\n  lifecycle { destroy = false }\n}\n";
    let config = format!("module \"m\" {{ source = \"./m\" }}\n{removed}");
    assert_eq!(errors(&config), [("Removed resource still exists".to_owned(), 1)]);
}

#[test]
fn an_import_needs_an_instance() {
    let import = |to: &str| {
        format!(
            "resource \"terraform_data\" \"a\" {{ count = 2 }}\nmodule \"m\" {{\n  source = \"./m\"\n  for_each = {{ x = 1 \
             }}\n}}\nimport {{\n  to = {to}\n  id = \"x\"\n}}\n"
        )
    };
    for to in ["terraform_data.a[5]", "module.m[\"y\"].terraform_data.a"] {
        let expected = ("Configuration for import target does not exist".to_owned(), 7);
        assert_eq!(errors(&import(to)), [expected], "{to}");
    }
    assert_eq!(errors(&import("terraform_data.a")), [("Invalid import 'to' expression".to_owned(), 7)]);
    assert_eq!(errors(&import("terraform_data.a[1]")), []);
}

#[test]
fn many_moves_of_one_resource_are_followed() {
    let count = 300;
    let keys: String = (0..count).map(|at| format!("\"k{at}\",")).collect();
    let folder = Folder::applied(&format!("resource \"terraform_data\" \"a\" {{ count = {count} }}\n"));
    let moves: String = (0..count)
        .map(|at| format!("moved {{\n  from = terraform_data.a[{at}]\n  to = terraform_data.b[\"k{at}\"]\n}}\n"))
        .collect();
    folder.write("main.tf", &format!("resource \"terraform_data\" \"b\" {{ for_each = toset([{keys}]) }}\n{moves}"));
    assert!(folder.run("plan").contains("Plan: 0 to add, 0 to change, 0 to destroy."));
}

#[test]
fn an_object_that_becomes_one_of_another_type_is_announced() {
    let cluster = |name: &str| {
        format!(
            "resource \"digitalocean_database_cluster\" \"{name}\" {{\n  name = \"{name}\"\n  engine = \"pg\"\n  version = \
             \"16\"\n  size = \"db-s-1vcpu-2gb\"\n  region = \"fra1\"\n  node_count = 1\n}}\n"
        )
    };
    let replica = "resource \"digitalocean_database_replica\" \"copy\" {\n  cluster_id = \
                   digitalocean_database_cluster.primary.id\n  name = \"copy\"\n  size = \"db-s-1vcpu-2gb\"\n  region = \
                   \"fra1\"\n}\n";
    let moved = "moved {\n  from = digitalocean_database_replica.copy\n  to = digitalocean_database_cluster.copy\n}\n";
    let folder = Folder::with(&format!("{}{replica}", cluster("primary"))).env("INFRA_SIM", "1");
    assert!(folder.run("apply -auto-approve").ends_with("exit 0"));
    folder.write("main.tf", &format!("{}{}{moved}", cluster("primary"), cluster("copy")));
    let seen = folder.run("plan");
    let announced = "(moved from digitalocean_database_replica.copy, which becomes a digitalocean_database_cluster by the \
                     promotion of the replica copy";
    assert!(seen.contains(announced), "{seen}");
}
