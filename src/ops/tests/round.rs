//! The main job: create, nothing to do, change, destroy.

use super::Lab;
use super::lab::text;
use crate::plan::Options;
use crate::value::Value;

#[tokio::test]
async fn what_was_applied_is_not_planned_again() {
    let lab = Lab::new(
        r#"
        resource "terraform_data" "a" { input = "x" }
        resource "terraform_data" "b" {
          count = 2
          input = "${terraform_data.a.output}-${count.index}"
        }
        output "all" { value = [for b in terraform_data.b : b.output] }
        "#,
    );
    let planned = lab.planned().await;
    assert_eq!(planned, ["Create terraform_data.a", "Create terraform_data.b[0]", "Create terraform_data.b[1]"]);
    let applied = lab.apply().await;
    assert_eq!(applied.outcome.counts.add, 3);
    assert_eq!(format!("{:?}", applied.snapshot.outputs["all"].value), r#"["x-0", "x-1"]"#);
    assert_eq!(lab.planned().await, Vec::<String>::new());
    assert_eq!(lab.attribute("terraform_data.b[1]", "output"), Value::from("x-1"));
    lab.destroy().await;
    assert_eq!(lab.addresses(), Vec::<String>::new());
}

#[tokio::test]
async fn a_module_is_planned_with_its_instances() {
    let lab = Lab::new(
        r#"
        module "m" {
          for_each = toset(["p", "q"])
          source   = "./m"
          name     = each.key
        }
        output "ids" { value = { for k, m in module.m : k => m.name } }
        "#,
    );
    std::fs::create_dir(lab.root().join("m")).unwrap();
    let module = r#"
        variable "name" { type = string }
        resource "terraform_data" "a" { input = var.name }
        output "name" { value = terraform_data.a.output }
    "#;
    std::fs::write(lab.root().join("m/main.tf"), module).unwrap();
    let applied = lab.apply().await;
    assert_eq!(format!("{:?}", applied.snapshot.outputs["ids"].value), r#"{"p": "p", "q": "q"}"#);
    assert_eq!(lab.addresses(), [r#"module.m["p"].terraform_data.a"#, r#"module.m["q"].terraform_data.a"#]);
    assert_eq!(lab.planned().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_cycle_is_told_with_its_members() {
    let lab = Lab::new("locals {\n a = local.b\n b = local.a\n}\n");
    let (_, diags) = lab.plan_with(Options::default()).await;
    assert!(text(&diags).starts_with("Cycle: local.a"), "{}", text(&diags));
}

#[tokio::test]
async fn a_sensitive_result_is_sealed() {
    let lab = Lab::new("resource \"random_password\" \"p\" { length = 30 }\n");
    lab.apply().await;
    let password = lab.attribute("random_password.p", "result");
    let clear = password.unmarked().as_str().unwrap().to_owned();
    assert!(password.is_sensitive());
    let document = std::fs::read_to_string(lab.root().join("state/default.json")).unwrap();
    assert!(!document.contains(&clear));
}

#[tokio::test]
async fn the_contents_of_files_are_sealed() {
    let lab = Lab::new("resource \"local_file\" \"f\" {\n  filename = \"f\"\n  content  = \"quite a text\"\n}\n");
    lab.apply().await;
    assert_eq!(lab.attribute("local_file.f", "content"), Value::from("quite a text"));
    let document = std::fs::read_to_string(lab.root().join("state/default.json")).unwrap();
    assert!(!document.contains("quite a text"));
    assert_eq!(lab.planned().await, Vec::<String>::new());
}
