//! What is counted: the shapes, which need nothing but this process, and two whose objects are at simulated vendors.

use std::fmt::Write;
use std::path::Path;

use crate::shapes::Shape;

/// A configuration that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Only values.
    Local(Shape),
    /// Objects at a vendor, which are read, and whose intents and results are made durable.
    Remote,
    /// Files on many hosts that do not exist yet: planned only, as bundles are drawn together while planning.
    Hosts,
}

/// How many files a host of [`Case::Hosts`] has.
const PER_HOST: usize = 4;

impl Case {
    /// All of them.
    pub(crate) fn all() -> Vec<Case> {
        Shape::ALL.into_iter().map(Case::Local).chain([Case::Remote, Case::Hosts]).collect()
    }

    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Case::Local(shape) => shape.name(),
            Case::Remote => "remote",
            Case::Hosts => "hosts",
        }
    }

    /// The case of a name.
    pub(crate) fn named(name: &str) -> Option<Case> {
        match name {
            "remote" => Some(Case::Remote),
            "hosts" => Some(Case::Hosts),
            _ => Shape::named(name).map(Case::Local),
        }
    }

    /// The size that stands for `size` here. The simulator makes a page by going through all there is, so that beyond
    /// some thousand objects its own work would be what is counted.
    pub(crate) fn clamp(self, size: usize) -> usize {
        match self {
            Case::Local(shape) => shape.clamp(size),
            Case::Remote => size.min(1_000),
            Case::Hosts => size,
        }
    }

    /// Whether simulated vendors are needed.
    pub(crate) fn has_world(self) -> bool {
        self == Case::Remote
    }

    /// Whether it is applied too.
    pub(crate) fn is_applied(self) -> bool {
        self != Case::Hosts
    }

    /// What a step has to count; a nought there would mean that nothing was measured.
    pub(crate) fn counts(self, step: &str) -> &'static [&'static str] {
        match (self, step) {
            (Case::Hosts, _) => &["allocations", "bytes", "evaluations", "bundles"],
            (Case::Remote, "no-op") => &["allocations", "bytes", "evaluations", "reads"],
            (Case::Remote, "destroy") => &["allocations", "bytes", "reads", "records", "journal", "syncs"],
            (_, "apply") => &["allocations", "bytes", "evaluations", "records", "journal", "syncs", "state"],
            (_, "destroy") => &["allocations", "bytes", "records", "journal", "syncs"],
            _ => &["allocations", "bytes", "evaluations"],
        }
    }

    /// Writes a configuration of about `size` instances into a folder.
    pub(crate) fn write(self, size: usize, dir: &Path) -> std::io::Result<()> {
        let mut text = String::new();
        let written = match self {
            Case::Local(shape) => return shape.write(size, dir),
            Case::Remote => {
                write!(
                    text,
                    "resource \"digitalocean_tag\" \"t\" {{\n  count = {size}\n  name  = \"t${{count.index}}\"\n}}\n"
                )
            }
            Case::Hosts => hosts(size, &mut text),
        };
        written.expect("writing into a string never fails");
        std::fs::create_dir_all(dir)?;
        std::fs::write(dir.join("main.tf"), text)
    }
}

/// Machines whose addresses are not known yet, with files on each, of which every one waits for the one before.
fn hosts(size: usize, out: &mut String) -> std::fmt::Result {
    let count = (size / (PER_HOST + 2)).max(2);
    // Written out: `range` gives no more than 1,024.
    writeln!(out, "locals {{\n  hosts = [")?;
    (0..count).try_for_each(|at| writeln!(out, "    \"h{at:05}\","))?;
    writeln!(out, "  ]\n}}\n")?;
    writeln!(out, "resource \"terraform_data\" \"address\" {{\n  for_each = toset(local.hosts)\n}}\n")?;
    writeln!(out, "resource \"host_machine\" \"m\" {{\n  for_each = terraform_data.address\n  connection {{")?;
    writeln!(out, "    address = each.value.id\n    user    = \"root\"\n  }}\n}}\n")?;
    for at in 0..PER_HOST {
        writeln!(out, "resource \"host_file\" \"f{at}\" {{\n  for_each = host_machine.m\n  host     = each.value")?;
        let content = match at {
            0 => "each.key".to_owned(),
            _ => format!("host_file.f{}[each.key].digest", at - 1),
        };
        writeln!(out, "  path     = \"/etc/f{at}\"\n  content  = {content}\n}}\n")?;
    }
    Ok(())
}
