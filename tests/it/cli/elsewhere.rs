//! State that is kept elsewhere is never taken for none.

use insta::assert_snapshot;

use super::Folder;

const RESOURCE: &str = "resource \"terraform_data\" \"a\" {}\n";

#[test]
fn a_backend_that_is_not_there_is_refused() {
    let folder = Folder::with(&format!("terraform {{\n  backend \"s3\" {{\n    bucket = \"b\"\n  }}\n}}\n{RESOURCE}"));
    assert_snapshot!(folder.run("plan"), @r#"
    --- stderr

    Error: Unsupported backend

      on main.tf line 2, in terraform:
       2:   backend "s3" {
            ^^^^^^^^^^^^

    This version keeps state in files only, in the folder `state` beside the
    configuration: it cannot read or write the state of a "s3" backend with
    settings of its own, and without that state everything would be created a
    second time. Take the block out once what it names is taken over or empty.
    --- exit 1
    "#);
    for line in ["init", "apply -auto-approve", "destroy -auto-approve"] {
        let text = folder.run(line);
        assert!(text.contains("Error: Unsupported backend") && text.ends_with("exit 1"), "{text}");
    }
    assert!(folder.run("plan -sim").ends_with("exit 0"));
    let plain = Folder::with(&format!("terraform {{\n  backend \"local\" {{}}\n}}\n{RESOURCE}"));
    assert!(plain.run("plan").ends_with("exit 0"));
    let moved = Folder::with(&format!("terraform {{\n  backend \"local\" {{ path = \"x\" }}\n}}\n{RESOURCE}"));
    assert!(moved.run("plan").contains("Error: Unsupported backend"));
}

#[test]
fn a_state_of_terraform_is_not_overlooked() {
    let folder = Folder::with(RESOURCE);
    folder.write("terraform.tfstate", "{\"version\": 4, \"resources\": [{\"type\": \"terraform_data\"}]}");
    let text = folder.run("plan");
    assert!(text.contains("Warning: State of Terraform found") && text.ends_with("exit 0"), "{text}");
    assert!(text.contains("1 to add"), "{text}");
    assert_snapshot!(folder.run("apply -auto-approve"), @"
    --- stderr

    Error: State of Terraform found

    Terraform's state terraform.tfstate lies here and holds objects, and infra
    has no state of its own yet, so it would create all of them a second time.
    Nothing was done.

    Take its objects over with `import` blocks: put the file terraform.tfstate
    out of this folder, write an `import` block with the id of each object, and
    plan until nothing is created that exists.
    --- exit 1
    ");
    folder.run("plan -out=p");
    assert!(folder.run("apply p").contains("Error: State of Terraform found"));
    assert_eq!(folder.stdout("state list"), "");
    folder.write("terraform.tfstate", "{\"version\": 4, \"resources\": []}");
    assert!(folder.run("apply -auto-approve").ends_with("exit 0"));
    folder.write("terraform.tfstate", "{\"version\": 4, \"resources\": [{\"type\": \"terraform_data\"}]}");
    assert!(!folder.run("plan").contains("State of Terraform"), "ours is what counts now");
}

#[test]
fn an_apply_of_a_part_says_that_it_was_one() {
    let folder = Folder::with(&format!("{RESOURCE}resource \"terraform_data\" \"b\" {{}}\n"));
    let text = folder.run("apply -auto-approve -target=terraform_data.a");
    assert!(text.contains("Warning: Applied changes may be incomplete") && text.ends_with("exit 0"), "{text}");
    assert!(!folder.run("apply -auto-approve").contains("may be incomplete"));
}

#[test]
fn an_object_of_a_state_of_terraform_can_be_taken_over() {
    let folder = Folder::with(RESOURCE);
    folder.write("terraform.tfstate", "{\"version\": 4, \"resources\": [{\"type\": \"terraform_data\"}]}");
    let text = folder.run("import terraform_data.a id1");
    assert!(text.contains("Import successful!") && text.ends_with("exit 0"), "{text}");
}
