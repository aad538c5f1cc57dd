//! How many commands a run takes on each host, as the program notes them.

use std::collections::BTreeMap;

use super::Folder;

/// Two hosts that are there already, with one thing behind another on each.
const HOSTS: &str = r#"
resource "host_machine" "h" {
  for_each = toset(["a", "b"])
  connection {
    local = true
    root  = "/srv/${each.key}"
  }
}
resource "host_package" "p" {
  for_each = host_machine.h
  host     = each.value
  name     = "nginx"
}
resource "host_directory" "d" {
  for_each = host_machine.h
  host     = each.value
  path     = "/srv/${host_package.p[each.key].name}"
}
resource "host_file" "f" {
  for_each = host_machine.h
  host     = each.value
  path     = "${host_directory.d[each.key].path}/f"
  content  = var.text
}
resource "host_file" "g" {
  for_each = host_machine.h
  host     = each.value
  path     = "/etc/g"
  content  = host_file.f[each.key].digest
}
variable "text" {
  default = "one"
}
"#;

/// Runs the program; gives how many commands the hosts saw, fewest first.
fn counted(folder: &Folder, line: &str) -> Vec<usize> {
    let output = folder.command(line).env("INFRA_LOG", "debug").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {said}");
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for note in said.lines().filter(|line| line.contains("ran a command on a host")) {
        let host = note.split_once("host=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
        *hosts.entry(host).or_default() += 1;
    }
    let mut counts: Vec<usize> = hosts.into_values().collect();
    counts.sort_unstable();
    counts
}

#[test]
fn a_plan_is_one_command_a_host_and_an_apply_three() {
    let folder = Folder::with(HOSTS);
    assert_eq!(counted(&folder, "plan -sim"), [1, 1], "though each place rests on another");
    assert_eq!(counted(&folder, "apply -sim -auto-approve"), [3, 3]);
    assert_eq!(counted(&folder, "plan -sim"), [1, 1]);
    assert_eq!(counted(&folder, "drift -sim"), [1, 1]);
    assert_eq!(counted(&folder, "apply -sim -auto-approve -var=text=two"), [2, 2], "nothing makes room");
    // What was saved is not read again.
    assert_eq!(counted(&folder, "plan -sim -var=text=three -out=p"), [1, 1]);
    assert_eq!(counted(&folder, "apply -sim p"), [1, 1]);
    // A new resource's places are looked at with what is there.
    let more = "resource \"host_file\" \"m\" {\nfor_each = host_machine.h\nhost = each.value\npath = \"/etc/m\"\ncontent = \"\"\n}\n";
    folder.write("more.tf", more);
    assert_eq!(counted(&folder, "apply -sim -auto-approve -var=text=three"), [2, 2]);
    // The state knows dependencies by resource and not by instance, and yet the hosts do not wait for each other.
    assert_eq!(counted(&folder, "destroy -sim -auto-approve"), [3, 3]);
}

#[test]
fn a_plan_says_how_many_commands_an_apply_takes_and_why() {
    let back = r#"
resource "host_file" "other" {
  host    = host_machine.h["b"]
  path    = "/etc/other"
  content = host_file.g["a"].digest
}
resource "host_file" "back" {
  host    = host_machine.h["a"]
  path    = "/etc/back"
  content = host_file.other.digest
}
"#;
    let folder = Folder::with(&format!("{HOSTS}{back}"));
    let said = folder.stdout("plan -sim -out=p");
    let told = "host_machine.h[\"a\"] takes 4 commands, as it is looked at once and changed 3 times:\n  \
                host_file.back waits for host_file.other, which waits for host_file.g[\"a\"]\n";
    assert!(said.contains(told), "{said}");
    assert!(!said.contains("host_machine.h[\"b\"] takes"), "{said}");
    let shown = folder.json("show -json -sim p");
    let hosts = shown["host_commands"].as_array().unwrap();
    let counts: Vec<_> = hosts.iter().map(|host| (host["host"].as_str().unwrap(), &host["commands"])).collect();
    assert_eq!(counts, [("host_machine.h[\"a\"]", &4.into()), ("host_machine.h[\"b\"]", &3.into())], "{hosts:?}");
    assert_eq!(counted(&folder, "apply -sim -auto-approve"), [3, 4]);
}
