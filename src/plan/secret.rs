//! Keeps secrets out of messages: vendors repeat what they were sent, and complaints what is wrong.

use crate::provider::ProviderError;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Value;

/// Shorter texts stand in too many words.
const SHORTEST: usize = 4;
/// The same of one line among several, which may be words that everybody uses.
const SHORTEST_LINE: usize = 12;

/// The sensitive texts of the objects that a call is about, however they are quoted.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    pub(crate) fn of<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Self {
        let mut secrets = Vec::new();
        // Most objects have none, and know it.
        let marked = objects.into_iter().filter(|object| object.contains_marked());
        for value in marked.flat_map(|object| object.iter().map(|(_, value)| value)) {
            collect(value, false, &mut secrets);
        }
        // A quoted spelling can contain a shorter one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// A text without them.
    pub(crate) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| text.replace(&**secret, "(sensitive)"))
    }
}

/// The error without the sensitive texts of the objects that the call was about.
pub(crate) fn hidden<'a>(error: ProviderError, objects: impl IntoIterator<Item = &'a Object>) -> ProviderError {
    let secrets = Secrets::of(objects);
    if secrets.0.is_empty() { error } else { error.reworded(&|text| secrets.hide(text)) }
}

fn collect(value: &Value, within: bool, found: &mut Vec<String>) {
    let within = within || value.marks().contains(Marks::SENSITIVE);
    match value.unmarked() {
        Value::String(text) if within && text.len() >= SHORTEST => {
            let once = quoted(text);
            let twice = quoted(&once);
            found.extend([text.to_string(), once, twice]);
            // A log has them line by line, each behind its time.
            if text.contains('\n') {
                let lines = text.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
                found.extend(lines.map(str::to_owned));
            }
        }
        Value::Object(object) => object.iter().for_each(|(_, value)| collect(value, within, found)),
        other => {
            let elements = other.as_elements().unwrap_or_default();
            elements.iter().for_each(|element| collect(element, within, found));
            let entries = other.as_entries().unwrap_or_default();
            entries.into_iter().for_each(|(_, entry)| collect(entry, within, found));
        }
    }
}

/// A text as it stands between the quotes of JSON.
fn quoted(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
