use insta::assert_snapshot;

use super::Folder;

#[test]
fn an_object_is_taken_over_under_an_address_that_is_written() {
    let folder = Folder::with("resource \"terraform_data\" \"a\" {}\n");
    assert_snapshot!(folder.run("import terraform_data.zz id1"), @r#"
    --- stderr

    Error: resource address "terraform_data.zz" does not exist in the configuration.

    Before importing this resource, please create its configuration in the root
    module. For example:

    resource "terraform_data" "zz" {
      # (resource arguments)
    }
    --- exit 1
    "#);
    assert_snapshot!(folder.run("import terraform_data.a id1"), @"
    --- stdout
    terraform_data.a: Import complete! [id=id1]

    Import successful! What differs from the configuration, the next plan shows.
    --- stderr
    terraform_data.a: Refreshing state...
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.
    --- exit 0
    ");
    assert_snapshot!(folder.run("import terraform_data.a id1"), @"
    --- stderr

    Error: Resource already managed by infra

    terraform_data.a is in the state already. To import another object, remove
    this one from the state first.
    --- exit 1
    ");
    assert_eq!(folder.stdout("state list -id=id1"), "terraform_data.a\n");
}

#[test]
fn what_an_import_fails_on_is_shown() {
    let droplet = "resource \"digitalocean_droplet\" \"a\" {\n  name = \"a\"\n  size = \"s-1vcpu-1gb\"\n  image = \
                   \"debian-12-x64\"\n  region = \"fra1\"\n}\n";
    let folder = Folder::with(&format!("{droplet}import {{\n  to = digitalocean_droplet.a\n  id = \"3x\"\n}}\n"));
    assert_snapshot!(folder.run("plan -sim"), @r#"
    --- stdout

    Planning failed.
    --- stderr
    Simulated world <uuid> in .infra/sim/world; hosts: processes.
    digitalocean_droplet.a: Refreshing state...

    Error: Cannot be done

      with digitalocean_droplet.a,
      on main.tf line 9, in import:
       9:   id = "3x"
                 ^^^^

    Importing the droplet 3x: `3x` is not a droplet's id, which is a number.
    --- exit 1
    "#);
    folder.write("main.tf", droplet);
    let seen = folder.run("import -sim digitalocean_droplet.a 333");
    let place = "  with digitalocean_droplet.a,\n  on main.tf line 1, in resource \"digitalocean_droplet\" \"a\":\n";
    assert!(seen.contains("Error: Cannot import non-existent remote object") && seen.contains(place), "{seen}");
}

#[test]
fn an_import_names_the_instances_that_there_are() {
    let folder = Folder::with("resource \"terraform_data\" \"a\" { for_each = toset([\"x\"]) }\n");
    let seen = folder.run("import terraform_data.a 3").replace("\n", " ");
    assert!(seen.contains("Did you mean `terraform_data.a[\"x\"]`?"), "{seen}");
}
