//! Problems, as people and as programs read them. Takes [`crate::diag`] values and the sources they point into.

mod json;
mod text;

pub use json::DiagnosticJson;
pub use json::diagnostic_json;
pub use json::validate_json;
pub use text::diagnostic_text;
pub use text::diagnostics_text;

#[cfg(test)]
mod tests;
