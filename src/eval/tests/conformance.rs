//! Terraform's own answers to some two thousand expressions, where they are at hand.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

use super::world::Values;
use super::world::World;
use crate::eval::Templates;
use crate::eval::function;
use crate::eval::function::FileKind;
use crate::eval::function::Files;
use crate::value::Number;
use crate::value::Value;
use crate::value::json::type_to_json;

/// The real files, but relative to a folder.
struct Fixtures(PathBuf);

impl Files for Fixtures {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        std::fs::read(self.0.join(path)).map(Into::into)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let kind = std::fs::metadata(self.0.join(path))?.file_type();
        Ok(match (kind.is_file(), kind.is_dir()) {
            (true, _) => FileKind::File,
            (_, true) => FileKind::Dir,
            _ => FileKind::Other,
        })
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(self.0.join(dir))?.map(|entry| Ok(entry?.file_name().into())).collect()
    }
}

/// The cases in which we do not answer as Terraform does.
const DISAGREEMENTS: [&str; 0] = [];

#[test]
fn expressions_give_what_terraform_gives() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(|dir| {
        let data = dir.join("shared/conformance");
        data.join("expressions.jsonl").is_file().then_some(data)
    });
    let Some(home) = home else {
        return crate::diag::tier("conformance", Some("there is no conformance data beside the project"));
    };
    crate::diag::tier("conformance", None);
    let context = std::fs::read_to_string(home.join("context.tf")).expect("part of the data");
    let cases = std::fs::read_to_string(home.join("expressions.jsonl")).expect("part of the data");
    let cases: Vec<Json> = cases.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    let mut disagreements = Vec::new();
    let mut details = 0;
    for case in &cases {
        match judge(case, &context, &home) {
            Ok(()) => {}
            Err(Wrong::Detail(how)) => {
                details += 1;
                eprintln!("detail {}: {how}", case["id"]);
            }
            Err(Wrong::Answer(how)) => {
                eprintln!("{}: {}: {how}", case["id"], case["expr"]);
                disagreements.push(case["id"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    eprintln!("{details} details differ");
    assert_eq!(disagreements, DISAGREEMENTS, "of {} expressions", cases.len());
}

enum Wrong {
    Answer(String),
    /// The summary is right, the detail is not.
    Detail(String),
}

fn judge(case: &Json, context: &str, home: &Path) -> Result<(), Wrong> {
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let world =
        World::of(&[("main.tf", context), ("<file>.tf", &format!("locals {{\n  c      = {}\n}}\n", text("expr")))]);
    let mut diags = world.diags.clone();
    let files = Fixtures(home.to_path_buf());
    let templates = Templates::new(home, Some(Path::new("/home/user")), jiff::Timestamp::UNIX_EPOCH, &files).applying();
    let cx = templates.cx();
    let values = Values::new(&world, &cx);
    let local = world.module.locals.iter().find(|local| &*local.name == "c");
    let value = match local {
        Some(local) if !diags.has_errors() => world.evaluate(&values, &mut diags, |e| e.expr(local.value)),
        _ => Value::NULL,
    };
    let wrong = |how: String| Err(Wrong::Answer(how));
    let first = diags.iter().find(|problem| problem.severity == crate::diag::Severity::Error);
    match (case["ok"].as_bool() == Some(true), first) {
        (false, None) if case["panic"] == true => wrong(format!("no error but {value:?}")),
        // The oracle asked for the value as JSON, which has no infinity.
        (false, None) if value.as_number().is_some_and(Number::is_infinite) => Ok(()),
        (false, None) => wrong(format!("no {} but {value:?}", text("error"))),
        (false, Some(_)) if case["panic"] == true => Ok(()),
        (false, Some(problem)) if problem.summary != text("error") => {
            wrong(format!("not {} but {}: {}", text("error"), problem.summary, problem.detail))
        }
        (false, Some(problem)) if problem.detail.replace("<file>.tf", "<file>") != text("detail") => {
            Err(Wrong::Detail(format!("\n  {}\n  {}", text("detail"), problem.detail)))
        }
        (false, Some(_)) => Ok(()),
        (true, Some(problem)) => wrong(format!("{}: {}", problem.summary, problem.detail)),
        (true, None) if case["unknown"] == true => match value.is_wholly_known() {
            true => wrong(format!("known: {value:?}")),
            false => Ok(()),
        },
        (true, None) if case["infinite"] == true => match value.as_number().is_some_and(Number::is_infinite) {
            true => Ok(()),
            false => wrong(format!("finite: {value:?}")),
        },
        (true, None) => {
            let encode = function::lookup("jsonencode").expect("a function of the language");
            let (plain, _) = value.clone().unmark_deep();
            let encoded = function::call(encode, &cx, &[plain]);
            let ty = type_to_json(value.ty());
            match encoded {
                Ok(encoded) if encoded.as_str() == Some(text("result")) && ty == case["type"] => Ok(()),
                Ok(encoded) => wrong(format!("not {} {} but {encoded:?} {ty}", text("result"), case["type"])),
                Err(error) => wrong(format!("{error:?}")),
            }
        }
    }
}
