//! The examples of the Terraform provider's documentation, as they stand there: `INFRA_DO_DOCS` names its folder `docs`.
//!
//! Each fenced block of a page on a type that we have is a configuration; it must validate unchanged.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::tier::tier;

/// Examples that no validation can accept, and why.
const EXCUSED: [(&str, &str); 5] = [
    ("resource_type", "it is of a type that we do not have"),
    ("undeclared", "it refers to what another page declares"),
    ("fragment", "it is a part of a block, not a configuration"),
    ("sensitive", "it puts a sensitive value into an output that is not, which Terraform refuses too"),
    ("file", "it reads a file that a reader is meant to have"),
];

/// The fenced blocks of a page that are configuration.
fn examples(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&mut open, line.trim()) {
            (None, "```hcl" | "```terraform") => open = Some(String::new()),
            (Some(_), "```") => found.extend(open.take()),
            (Some(text), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    found
}

/// Why an example that does not validate is excused; `None` when it should.
fn excuse(text: &str, said: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let name = match () {
        () if is(&["Invalid resource type", "Invalid data source"]) => "resource_type",
        () if is(&["Reference to undeclared"]) => "undeclared",
        () if text.contains("...") || !text.contains('{') => "fragment",
        () if is(&["Output refers to sensitive values"]) => "sensitive",
        () if is(&["no file exists", "Invalid function argument"]) && text.contains("file(") => "file",
        () => return None,
    };
    EXCUSED.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// The pages on types that we have.
fn pages(docs: &Path) -> Vec<PathBuf> {
    let providers = infra::providers::all();
    let vendor = providers.iter().find(|provider| provider.name() == "digitalocean").unwrap();
    let of = |folder: &str, names: Vec<&'static str>| -> Vec<PathBuf> {
        let names = names.into_iter().map(|name| name.trim_start_matches("digitalocean_"));
        names.map(|name| docs.join(folder).join(format!("{name}.md"))).filter(|page| page.exists()).collect()
    };
    [of("resources", vendor.resource_names()), of("data-sources", vendor.data_names())].concat()
}

#[test]
fn the_examples_of_the_documentation_validate() {
    const TIER: &str = "documentation examples";
    let Some(docs) = std::env::var_os("INFRA_DO_DOCS") else {
        return tier(TIER, Some("INFRA_DO_DOCS names no documentation of the Terraform provider"));
    };
    tier(TIER, None);
    let pages = pages(Path::new(&docs));
    assert!(pages.len() > 30, "{} pages in {docs:?}", pages.len());
    let (mut valid, mut excused, mut wrong) = (0, BTreeMap::<&str, usize>::new(), Vec::new());
    for page in pages {
        for (at, text) in examples(&std::fs::read_to_string(&page).unwrap()).into_iter().enumerate() {
            let folder = TempDir::new().unwrap();
            std::fs::write(folder.path().join("main.tf"), &text).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_infra")).arg("validate").current_dir(folder.path()).output();
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            match (output.status.success(), excuse(&text, &said)) {
                (true, _) => valid += 1,
                (false, Some(why)) => *excused.entry(why).or_default() += 1,
                (false, None) => {
                    let name = page.file_name().unwrap().to_string_lossy().into_owned();
                    wrong.push(format!("── {name} #{}\n{text}\n{said}", at + 1));
                }
            }
        }
    }
    let all_excused: usize = excused.values().sum();
    eprintln!("{valid} examples validate, excused: {excused:?}");
    assert!(all_excused * 5 <= valid, "too many are excused: {excused:?}");
    assert!(wrong.is_empty(), "{} of {} do not:\n{}", wrong.len(), valid + wrong.len(), wrong.join("\n"));
}
