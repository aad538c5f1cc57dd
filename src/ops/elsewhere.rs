//! State that is kept elsewhere than here: a `backend` that this version does not have, and what Terraform left in the
//! folder. Who overlooks either makes everything a second time.

use std::path::PathBuf;

use super::Session;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::state::BackendError;

/// Reports a `backend` block that says anything else than what is done. A simulation keeps its state apart in any case.
pub(super) fn check_backend(session: &Session, config: &Config, diags: &mut Diagnostics) {
    let Some((kind, body, span)) = &config.root().settings.backend else { return };
    let is_plain = &**kind == "local" && body.attributes.is_empty() && body.blocks.is_empty();
    if is_plain || session.simulated.is_some() {
        return;
    }
    let detail = format!(
        "This version keeps state in files only, in the folder `state` beside the configuration: it cannot read or write the \
         state of a \"{kind}\" backend with settings of its own, and without that state everything would be created a \
         second time. Take the block out once what it names is taken over or empty."
    );
    diags.push(Diagnostic::error("Unsupported backend", detail).at(*span).within("terraform"));
}

/// The state that Terraform left beside an empty one of ours; an error for who would change something, else a warning.
pub fn foreign_state(session: &Session, is_applying: bool) -> Result<Option<Diagnostic>, BackendError> {
    let Some(path) = state_file(session).filter(|_| session.simulated.is_none()) else { return Ok(None) };
    if !session.backend.load_shut()?.snapshot.is_empty() {
        return Ok(None);
    }
    let shown = path.strip_prefix(&session.dir).unwrap_or(&path).display().to_string();
    let advice = format!(
        "Take its objects over with `import` blocks: put the file {shown} out of this folder, write an `import` block with \
         the id of each object, and plan until nothing is created that exists."
    );
    Ok(Some(if is_applying {
        let detail = format!(
            "Terraform's state {shown} lies here and holds objects, and infra has no state of its own yet, so it would \
             create all of them a second time. Nothing was done.\n\n{advice}"
        );
        Diagnostic::error("State of Terraform found", detail)
    } else {
        let detail = format!(
            "Terraform's state {shown} lies here and holds objects. It is not read: the plan knows nothing of them, and \
             applying it is refused.\n\n{advice}"
        );
        Diagnostic::warning("State of Terraform found", detail)
    }))
}

/// Terraform's state of the workspace, where it holds any object; one that cannot be read may well hold some.
fn state_file(session: &Session) -> Option<PathBuf> {
    let path = match session.workspace.as_str() {
        "default" => session.dir.join("terraform.tfstate"),
        other => session.dir.join("terraform.tfstate.d").join(other).join("terraform.tfstate"),
    };
    let text = std::fs::read(&path).ok()?;
    if text.is_empty() {
        return None;
    }
    let document: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
    let is_empty = document.is_some_and(|document| {
        document.get("resources").and_then(serde_json::Value::as_array).is_some_and(Vec::is_empty)
    });
    (!is_empty).then_some(path)
}
