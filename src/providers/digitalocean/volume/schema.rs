//! The attributes of a volume, and what is wrong with configured or changed ones.

use std::sync::LazyLock;

use regex::Regex;

use super::super::tagging;
use super::super::values::differs;
use crate::provider::Problem;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::set;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    // What it was formatted with says nothing about what is on it now, so leaving it out is no reason to replace it.
    let initial = || string().optional_computed().replaces();
    Schema::new([
        ("id", string().computed()),
        ("name", string().required().replaces()),
        ("region", string().required().replaces().equality(Equality::IgnoreCase)),
        ("size", number().required()),
        ("description", string()),
        ("snapshot_id", string().replaces().boot_only()),
        ("initial_filesystem_type", initial()),
        ("initial_filesystem_label", initial()),
        ("tags", tagging::attribute()),
        ("droplet_ids", set(Type::NUMBER).computed()),
        ("filesystem_type", string().computed()),
        ("filesystem_label", string().computed()),
        ("urn", string().computed()),
    ])
});

static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[a-z][a-z0-9-]{0,63}$").expect("the pattern is valid"));

/// The largest volume, in GiB.
const LARGEST: i64 = 16384;

/// What the vendor would refuse.
pub(super) fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = tagging::problems(config);
    let mut push = |name: &'static str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    if let Some(name) = config.str("name").filter(|name| !NAME.is_match(name)) {
        let detail = "Volume names have 1 to 64 small letters, digits and dashes, and begin with a letter.";
        push("name", "Invalid volume name", format!("`{name}` cannot be a volume's name. {detail}"));
    }
    let size = config.get("size").filter(|size| size.as_number().is_some());
    if size.is_some_and(|size| size.as_i64().is_none_or(|size| !(1..=LARGEST).contains(&size))) {
        push("size", "Invalid volume size", format!("A volume has a whole number of GiB from 1 to {LARGEST}."));
    }
    if config.str("description").is_some_and(|text| text.len() > 1024) {
        push("description", "Description too long", "A volume's description may have at most 1024 bytes.".to_owned());
    }
    let kind = config.str("initial_filesystem_type");
    if let Some(kind) = kind.filter(|kind| !["ext4", "xfs"].contains(kind)) {
        let detail = format!("`{kind}` is not a file system that volumes come with; there are \"ext4\" and \"xfs\".");
        push("initial_filesystem_type", "Invalid file system", detail);
    }
    let longest = if kind == Some("xfs") { 12 } else { 16 };
    if config.str("initial_filesystem_label").is_some_and(|label| label.len() > longest) {
        let detail = format!("The label of this file system may have at most {longest} bytes.");
        push("initial_filesystem_label", "Label too long", detail);
    }
    problems
}

/// What only a new volume could bring about. A replacement would lose the data, so it is for a person to ask for.
pub(super) fn refuses(prior: &Object, planned: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |name: &'static str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    if let (Some(is), Some(wanted)) = (prior.int("size"), planned.int("size"))
        && wanted < is
    {
        let detail = format!(
            "The volume has {is} GiB and cannot be made smaller: volumes only grow. Write at least {is}, or copy its \
             data to a smaller volume."
        );
        push("size", "Volume cannot shrink", detail);
    }
    let is_known = planned.get("description").is_some_and(Value::is_known);
    if is_known && differs(&SCHEMA, prior, planned, "description") {
        let is = match prior.str("description") {
            Some(text) => format!("is `{text}`"),
            None => "is empty".to_owned(),
        };
        let detail = format!(
            "DigitalOcean cannot change the description of a volume, which {is}. Write it so, name it in \
             `ignore_changes`, or have the volume made anew, without its data, with -replace."
        );
        push("description", "Description cannot change", detail);
    }
    problems
}
