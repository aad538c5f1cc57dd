//! Configurations of hosts that each have a given number of resources, as a small service has them.

use std::fmt::Write;

/// What hosts have beside files.
const OTHERS: usize = 7;

/// Some hosts with as many resources each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fleet {
    /// How many hosts.
    pub hosts: usize,
    /// How many resources on each.
    pub resources: usize,
}

impl Fleet {
    /// Reads `20x200`.
    pub(in crate::bench) fn parse(text: &str) -> Option<Self> {
        let (hosts, resources) = text.split_once('x')?;
        let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0);
        let fleet = Self { hosts: number(hosts)?, resources: number(resources)? };
        (fleet.resources > OTHERS).then_some(fleet)
    }

    /// Simulated hosts: files, an environment file, a unit with its program, a command, a user, a group and a directory.
    pub(super) fn simulated(self) -> String {
        let connection = "local = true\n    root  = \"/srv/${each.key}\"";
        let mut text = machines(self.hosts, connection, "");
        files(self.resources - OTHERS, &mut text);
        text.push_str(COMMON);
        text.push_str(SERVICE);
        text
    }

    /// One host behind an sshd whose scripts work below a folder. Users and services are the machine's, and left alone.
    pub(super) fn over_ssh(self, connection: &str, key_file: &str) -> String {
        let mut text = machines(1, connection, &format!("\n  host_key = trimspace(file(\"{key_file}\"))\n"));
        files(self.resources - 3, &mut text);
        text.push_str(COMMON);
        text
    }
}

fn machines(hosts: usize, connection: &str, more: &str) -> String {
    format!(
        "variable \"changed\" {{\n  default = \"as it was\"\n}}\n\n\
         resource \"host_machine\" \"it\" {{\n  for_each = toset([for n in range({hosts}) : format(\"h%03d\", n)])\n\n  \
         connection {{\n    {connection}\n  }}\n{more}}}\n\n"
    )
}

/// The first of them is the one that changes.
fn files(count: usize, text: &mut String) {
    for at in 0..count {
        let content = if at == 0 { "var.changed".to_owned() } else { format!("\"setting = {at}\\n\"") };
        let written = writeln!(
            text,
            "resource \"host_file\" \"f{at:04}\" {{\n  for_each       = host_machine.it\n  host           = each.value\n  \
             path           = \"/etc/app/conf.d/{at:04}.conf\"\n  content        = {content}\n  create_parents = true\n}}\n"
        );
        written.expect("writing into a string never fails");
    }
}

const COMMON: &str = r#"resource "host_directory" "data" {
  for_each = host_machine.it
  host     = each.value
  path     = "/srv/data"
}

resource "host_env_file" "app" {
  for_each = host_machine.it
  host     = each.value
  path     = "/etc/app.env"
  values   = { PORT = "8000", WORKERS = "4" }
}

resource "host_command" "migrate" {
  for_each = host_machine.it
  host     = each.value
  run      = "true"
  once_per = host_env_file.app[each.key].digest
}

"#;

const SERVICE: &str = r##"resource "host_group" "app" {
  for_each = host_machine.it
  host     = each.value
  name     = "app"
}

resource "host_user" "app" {
  for_each = host_machine.it
  host     = each.value
  name     = "app"
  group    = host_group.app[each.key].name
}

resource "host_file" "program" {
  for_each = host_machine.it
  host     = each.value
  path     = "/usr/local/bin/app"
  content  = "#!/bin/sh\nexec sleep infinity\n"
  mode     = "0755"
}

resource "host_systemd_unit" "app" {
  for_each = host_machine.it
  host     = each.value
  name     = "app.service"
  text     = "[Service]\nUser=${host_user.app[each.key].name}\nExecStart=${host_file.program[each.key].path}\n"
}
"##;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_has_as_many_resources_as_it_says() {
        let fleet = Fleet::parse("3x20").expect("two numbers");
        assert_eq!((fleet.hosts, fleet.resources), (3, 20));
        let blocks = |text: &str| text.matches("resource \"").count();
        // The machine itself is none that is on it.
        assert_eq!(blocks(&fleet.simulated()), 21);
        assert_eq!(blocks(&fleet.over_ssh("address = \"a\"", "key")), 21);
        for wrong in ["", "3", "3x", "0x20", "3x7", "ax20"] {
            assert_eq!(Fleet::parse(wrong), None, "{wrong}");
        }
    }
}
