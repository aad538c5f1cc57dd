//! What a run of `drift` found, in Prometheus' text format, for a collector that reads files.
//!
//! Numbers only: of what is managed, not even a name is in it.

use std::fmt::Write as _;

use super::DriftReport;
use crate::plan::Cost;

/// A run of `drift`, for one folder and workspace.
#[derive(Clone, Copy)]
pub struct DriftMetrics<'a> {
    /// The folder of the configuration.
    pub folder: &'a str,
    /// The workspace.
    pub workspace: &'a str,
    /// When it ended, in seconds since 1970.
    pub now: i64,
    /// What it found; `None` where it could not look.
    pub found: Option<&'a DriftReport<'a>>,
    /// What all that is there costs, where it was found out.
    pub cost: Option<&'a Cost>,
    /// What the file held before: when the last run succeeded is known from there.
    pub previous: &'a str,
}

/// The time of the last success, as a family.
const LAST_SUCCESS: &str = "infra_drift_last_success_timestamp_seconds";

impl DriftMetrics<'_> {
    /// The text of the file.
    pub fn text(&self) -> String {
        let mut out = String::new();
        if let Some(found) = self.found {
            let name = "infra_drift_objects";
            head(&mut out, name, "Objects that are not as they were left or as they are written, by class.");
            for (class, count) in found.counts() {
                let _ = writeln!(out, "{name}{{{},class=\"{class}\"}} {count}", self.labels());
            }
        }
        let help = "Whether the last run came to its end; what it could not read is counted as stale.";
        self.gauge(&mut out, "infra_drift_success", help, &u8::from(self.found.is_some()));
        let name = "infra_drift_last_run_timestamp_seconds";
        self.gauge(&mut out, name, "When the last run ended.", &self.now);
        let succeeded = if self.found.is_some() { Some(self.now) } else { self.succeeded_before() };
        if let Some(time) = succeeded {
            self.gauge(&mut out, LAST_SUCCESS, "When a run came to its end last.", &time);
        }
        if let Some(cost) = self.cost {
            let name = "infra_monthly_cost_dollars";
            self.gauge(
                &mut out,
                name,
                "What is known of the monthly cost of what is there, in US dollars.",
                &cost.before,
            );
            let name = "infra_monthly_cost_is_partial";
            let help = "Whether something is there whose cost is not known and not counted.";
            self.gauge(&mut out, name, help, &u8::from(cost.is_before_partial));
        }
        out
    }

    fn gauge(&self, out: &mut String, name: &str, help: &str, value: &dyn std::fmt::Display) {
        head(out, name, help);
        let _ = writeln!(out, "{name}{{{}}} {value}", self.labels());
    }

    fn labels(&self) -> String {
        format!("folder=\"{}\",workspace=\"{}\"", escaped(self.folder), escaped(self.workspace))
    }

    fn succeeded_before(&self) -> Option<i64> {
        let line = self.previous.lines().find(|line| line.starts_with(LAST_SUCCESS))?;
        line.rsplit_once(' ')?.1.parse().ok()
    }
}

fn head(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

/// A label's value: backslash, quote and newline are written out.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
