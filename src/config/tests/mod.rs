mod declarations;
mod inputs;
mod modules;
mod refs;
mod rules;

use std::path::Path;

use super::Config;
use super::MemoryFiles;
use super::load;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::Sources;

/// Loads files given as `path` and `text`; gives the configuration and its problems as `place summary`, a warning's with
/// a `~` before it.
fn load_files(files: &[(&str, &str)]) -> (Config, Vec<String>) {
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let memory: MemoryFiles = files.iter().map(|(path, text)| (path, text.as_bytes())).collect();
    let config = load(Path::new("."), &sources, &memory, &mut diags);
    (config, problems(&sources, &diags))
}

fn load_text(text: &str) -> (Config, Vec<String>) {
    load_files(&[("main.tf", text)])
}

fn problems(sources: &Sources, diags: &Diagnostics) -> Vec<String> {
    let line = |known: &crate::diag::Diagnostic| {
        let place = known.span().map(|span| {
            let source = sources.get(span.source);
            let name = source.name().display().to_string();
            let prefix = if name == "main.tf" { String::new() } else { format!("{name}:") };
            format!("{prefix}{} ", source.position(span.start).line)
        });
        let mark = if known.severity == Severity::Warning { "~" } else { "" };
        format!("{mark}{}{}", place.unwrap_or_default(), known.summary)
    };
    diags.iter().map(line).collect()
}
