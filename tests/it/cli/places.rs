//! What two addresses claim on one host, and what takes its own place.

use super::Folder;

const HOST: &str = "resource \"host_machine\" \"a\" {\n  connection { local = true }\n}\n";

fn file(name: &str, content: &str) -> String {
    format!(
        "resource \"host_file\" \"{name}\" {{\n  host = host_machine.a\n  path = \"/etc/it\"\n  content = \"{content}\"\n}}\n"
    )
}

/// Runs a command that must end with a code; gives what it said.
fn ends(folder: &Folder, line: &str, code: i32) -> String {
    let output = folder.command(line).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{line}\n{said}");
    said
}

#[test]
fn a_place_is_one_resources() {
    let folder = Folder::with(&[HOST, &file("a", "one"), &file("b", "two")].concat());
    let said = ends(&folder, "plan -sim", 1);
    assert!(
        said.contains("Error: Managed twice") && said.contains("`local:/etc/it` is managed by host_file.a"),
        "{said}"
    );
    // Two that want the same do no harm.
    folder.write("main.infra.hcl", &[HOST, &file("a", "one"), &file("b", "one")].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
    // One of them goes, with what both have: it has to be let go of.
    folder.write("main.infra.hcl", &[HOST, &file("b", "one")].concat());
    let said = ends(&folder, "plan -sim", 1);
    assert!(
        said.contains("Error: Moved without a moved block") && said.contains("infra state rm 'host_file.a'"),
        "{said}"
    );
    ends(&folder, "state rm -sim host_file.a", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
    ends(&folder, "destroy -sim -auto-approve", 0);
}

#[test]
fn another_name_does_not_take_away_what_it_takes_over() {
    let folder = Folder::with(&[HOST, &file("a", "one")].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    folder.write("main.infra.hcl", &[HOST, &file("b", "one")].concat());
    let said = ends(&folder, "plan -sim", 1);
    assert!(said.contains("from = host_file.a\n") && said.contains("to   = host_file.b\n"), "{said}");
    let moved = "moved {\n  from = host_file.a\n  to   = host_file.b\n}\n";
    folder.write("main.infra.hcl", &[HOST, &file("b", "one"), moved].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    assert_eq!(ends(&folder, "state list -sim", 0), "host_file.b\nhost_machine.a\n");
}

#[test]
fn what_is_replaced_on_a_host_is_there_again() {
    let unit = "resource \"host_systemd_unit\" \"a\" {\n  host = host_machine.a\n  name = \"it.service\"\n  \
                text = \"[Service]\\nExecStart=/bin/sleep 9\\n\"\n}\n";
    let folder = Folder::with(&[HOST, &file("a", "one"), unit].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    ends(&folder, "apply -sim -auto-approve -replace=host_file.a -replace=host_systemd_unit.a", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
    // Also where others would come first: it cannot be there beside itself.
    let first = file("a", "one").replace("host =", "lifecycle {\n  create_before_destroy = true\n}\nhost =");
    folder.write("main.infra.hcl", &[HOST, &first, unit].concat());
    ends(&folder, "taint -sim host_file.a", 0);
    ends(&folder, "apply -sim -auto-approve", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}

#[test]
fn room_is_made_before_it_is_needed() {
    let folder = Folder::with(HOST);
    ends(&folder, "apply -sim -auto-approve", 0);
    // Nothing refers to the directory, and a package is changed beside it.
    let room = "resource \"host_directory\" \"d\" {\n  host = host_machine.a\n  path = \"/srv/x\"\n}\n\
                resource \"host_package\" \"p\" {\n  host = host_machine.a\n  name = \"nginx\"\n}\n";
    let within = file("f", "one").replace("/etc/it", "/srv/x/it");
    folder.write("main.infra.hcl", &[HOST, room, &within].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
}

#[test]
fn a_saved_plan_takes_over_what_it_saw_on_a_machine_that_is_new_to_it() {
    let folder = Folder::with(&[HOST, &file("a", "one")].concat());
    ends(&folder, "apply -sim -auto-approve", 0);
    ends(&folder, "state rm -sim host_file.a host_machine.a", 0);
    // What the machine is stays unknown until it is created; what stands on it is known.
    assert!(ends(&folder, "plan -sim -out=it.plan", 0).contains("host_file.a is already there"));
    assert!(ends(&folder, "show -sim it.plan", 0).contains("host_file.a is already there"));
    ends(&folder, "apply -sim it.plan", 0);
    ends(&folder, "plan -sim -detailed-exitcode", 0);
}
