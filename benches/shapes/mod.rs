//! Configurations of a given size in six shapes, for measuring: the same text for the same size, nothing random.
//!
//! Each shape stresses another part of an engine: many blocks, long chains, wide fans between layers, one block with many
//! instances, many modules, long expressions. All are made of `terraform_data`, so that they need no account.

use std::fmt::Write;
use std::path::Path;

/// A shape of configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Resources that know nothing of each other.
    Wide,
    /// Each resource refers to the one before.
    Chain,
    /// Ten layers, each resource referring to three of the layer below.
    Layered,
    /// One resource with that many instances.
    Foreach,
    /// Modules of twenty resources, in chains of ten modules.
    Modules,
    /// Independent resources with long expressions.
    Strings,
}

impl Shape {
    /// All of them.
    pub(crate) const ALL: [Shape; 6] =
        [Shape::Wide, Shape::Chain, Shape::Layered, Shape::Foreach, Shape::Modules, Shape::Strings];

    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Shape::Wide => "wide",
            Shape::Chain => "chain",
            Shape::Layered => "layered",
            Shape::Foreach => "foreach",
            Shape::Modules => "modules",
            Shape::Strings => "strings",
        }
    }

    /// The shape of a name.
    pub(crate) fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The size that stands for `size` here: nobody writes a chain of more than two thousand.
    pub(crate) fn clamp(self, size: usize) -> usize {
        if self == Shape::Chain { size.min(2_000) } else { size }
    }

    /// Writes a configuration of about `size` instances into a folder.
    pub(crate) fn write(self, size: usize, dir: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let mut text = String::new();
        let written = match self {
            Shape::Wide => wide(size, &mut text),
            Shape::Chain => chain(size, &mut text),
            Shape::Layered => layered(size, &mut text),
            Shape::Foreach => foreach(size, &mut text),
            Shape::Modules => {
                std::fs::create_dir_all(dir.join("mod"))?;
                std::fs::write(dir.join("mod/main.tf"), module())?;
                modules(size, &mut text)
            }
            Shape::Strings => strings(size, &mut text),
        };
        written.expect("writing into a string never fails");
        std::fs::write(dir.join("main.tf"), text)
    }
}

/// How many resources stand in one module.
const PER_MODULE: usize = 20;

fn wide(size: usize, out: &mut String) -> std::fmt::Result {
    for at in 0..size {
        writeln!(out, "resource \"terraform_data\" \"r{at:05}\" {{\n  input = \"value-{at}\"\n}}\n")?;
    }
    writeln!(out, "output \"first\" {{\n  value = terraform_data.r00000.output\n}}")
}

fn chain(size: usize, out: &mut String) -> std::fmt::Result {
    writeln!(out, "resource \"terraform_data\" \"r00000\" {{\n  input = \"seed\"\n}}\n")?;
    for at in 1..size {
        let before = at - 1;
        let input = format!("terraform_data.r{before:05}.output");
        writeln!(out, "resource \"terraform_data\" \"r{at:05}\" {{\n  input = {input}\n}}\n")?;
    }
    writeln!(out, "output \"last\" {{\n  value = terraform_data.r{:05}.output\n}}", size - 1)
}

fn layered(size: usize, out: &mut String) -> std::fmt::Result {
    const LAYERS: usize = 10;
    let width = (size / LAYERS).max(3);
    for at in 0..width {
        writeln!(out, "resource \"terraform_data\" \"l0_{at:05}\" {{\n  input = \"leaf-{at}\"\n}}\n")?;
    }
    for layer in 1..LAYERS {
        for at in 0..width {
            writeln!(out, "resource \"terraform_data\" \"l{layer}_{at:05}\" {{\n  input = [")?;
            // Three below, far from each other, each below as many as any other.
            for third in 0..3 {
                let below = (at * 7 + layer + third * width / 3) % width;
                writeln!(out, "    terraform_data.l{}_{below:05}.id,", layer - 1)?;
            }
            writeln!(out, "  ]\n}}\n")?;
        }
    }
    Ok(())
}

fn foreach(size: usize, out: &mut String) -> std::fmt::Result {
    writeln!(out, "locals {{\n  keys = toset([")?;
    for at in 0..size {
        writeln!(out, "    \"k{at:05}\",")?;
    }
    writeln!(out, "  ])\n}}\n\nresource \"terraform_data\" \"all\" {{\n  for_each = local.keys\n  input = {{")?;
    writeln!(out, "    name  = each.key\n    upper = upper(each.value)\n  }}\n}}\n")?;
    writeln!(out, "output \"count\" {{\n  value = length(terraform_data.all)\n}}")
}

/// The module that [`modules`] calls.
fn module() -> String {
    let mut text = "variable \"name\" {\n  type = string\n}\n\nvariable \"seed\" {\n  type = string\n}\n\n\
                    variable \"tags\" {\n  type    = map(string)\n  default = {}\n}\n\n\
                    locals {\n  prefix = \"${var.name}-${length(var.tags)}\"\n}\n\n"
        .to_owned();
    for at in 0..PER_MODULE {
        let input = match at {
            0 => "\"${local.prefix}-${var.seed}\"".to_owned(),
            1..10 => format!("\"${{local.prefix}}-{at}\""),
            _ => format!("terraform_data.r{:02}.output", at - 10),
        };
        text.push_str(&format!("resource \"terraform_data\" \"r{at:02}\" {{\n  input = {input}\n}}\n\n"));
    }
    let ids: Vec<String> = (0..PER_MODULE).map(|at| format!("terraform_data.r{at:02}.id")).collect();
    text.push_str(&format!("output \"ids\" {{\n  value = [{}]\n}}\n\n", ids.join(", ")));
    text.push_str("output \"seed\" {\n  value = var.seed\n}\n");
    text
}

fn modules(size: usize, out: &mut String) -> std::fmt::Result {
    let count = (size / PER_MODULE).max(1);
    for at in 0..count {
        let seed = match at % 10 {
            0 => format!("\"s{at}\""),
            _ => format!("module.m{:04}.seed", at - 1),
        };
        writeln!(out, "module \"m{at:04}\" {{\n  source = \"./mod\"\n  name   = \"m{at}\"\n  seed   = {seed}")?;
        writeln!(out, "  tags   = {{ index = \"{at}\", team = \"t{}\" }}\n}}\n", at % 7)?;
    }
    let lengths: Vec<String> = (0..count.min(50)).map(|at| format!("length(module.m{at:04}.ids)")).collect();
    writeln!(out, "output \"total\" {{\n  value = {}\n}}", lengths.join(" + "))
}

fn strings(size: usize, out: &mut String) -> std::fmt::Result {
    out.push_str(STRINGS_LOCALS);
    for at in 0..size {
        let text = STRINGS_RESOURCE
            .replace("<PADDED>", &format!("{at:05}"))
            .replace("<AT>", &at.to_string())
            .replace("<REGION>", &(at % 4).to_string())
            .replace("<STEP>", &(2 + at % 5).to_string());
        out.push_str(&text);
    }
    Ok(())
}

const STRINGS_LOCALS: &str = r#"locals {
  regions = ["eu-west-1", "us-east-1", "ap-south-1", "sa-east-1"]
  ports   = [for p in range(8000, 8040) : p]
  base    = { for r in local.regions : r => { for p in local.ports : "p${p}" => { port = p, name = "${r}-${p}", hash = md5("${r}${p}") } } }
}
"#;

const STRINGS_RESOURCE: &str = r#"
resource "terraform_data" "r<PADDED>" {
  input = jsonencode({
    name  = format("svc-%05d-%s", <AT>, upper(local.regions[<REGION>]))
    rules = [for p in local.ports : { port = p, cidr = cidrsubnet("10.0.0.0/8", 16, p), desc = "allow ${p} for svc <AT>" } if p % <STEP> != 0]
    tags  = merge({ for r in local.regions : r => sha256("${r}-<AT>") }, { owner = replace("team_<AT>", "/_/", "-") })
    doc   = <<-EOT
      %{ for r in local.regions ~}
      region ${r}: ${join(",", [for k, v in local.base[r] : "${k}=${v.port}" if v.port < 8010])}
      %{ endfor ~}
    EOT
  })
}
"#;
