//! Everything that is printed, as text and as JSON.
//!
//! Takes plans, states, events and diagnostics; gives text in a [`Style`], or JSON that Terraform's tools read. Never
//! prints, and never looks at a terminal or the environment: the caller has a writer, and says how wide it is and whether
//! it has colours. Sensitive values are left out wherever [`Secrets::Hidden`] is given.

mod applied;
mod cost;
mod diagnostic;
mod drift;
mod json;
mod markdown;
mod metrics;
mod plan;
mod progress;
mod state;
mod style;
mod value;
mod wrap;

#[cfg(test)]
mod canary;
#[cfg(test)]
mod testing;

pub use applied::applied_text;
pub use cost::cost_json;
pub use cost::cost_text;
pub use diagnostic::DiagnosticJson;
pub use diagnostic::diagnostic_json;
pub use diagnostic::diagnostic_text;
pub use diagnostic::diagnostics_text;
pub use diagnostic::validate_json;
pub use drift::DriftReport;
pub use json::PlanJson;
pub use json::StateJson;
pub use json::output_json;
pub use json::value_json;
pub use json::version_json;
pub use markdown::COMMENT_LIMIT;
pub use markdown::Markdown;
pub use metrics::DriftMetrics;
pub use plan::DriftClass;
pub use plan::class_of;
pub use plan::forget_warning;
pub use plan::is_relevant;
pub use plan::plan_text;
pub use plan::summary_line;
pub use progress::JsonLines;
pub use progress::Lines;
pub use progress::Tree;
pub use progress::apply_summary;
pub use progress::destroy_summary;
pub use state::object_text;
pub use state::outputs_text;
pub use state::state_text;
pub use state::value_text;
pub use style::Secrets;
pub use style::Style;
