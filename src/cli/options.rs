//! Options that several verbs have.

use std::time::Duration;

use clap::Args;

use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::diag::Diagnostic;
use crate::plan::Cost;
use crate::provider::PriceList;

/// What Terraform takes for a truth value.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" | "on" | "yes" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" | "off" | "no" => Ok(false),
        _ => Err("it must be true or false".to_owned()),
    }
}

/// `30s`, `5m`, `1h30m`, `250ms`; a bare 0 too.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong = || "write a duration such as 250ms, 30s or 5m".to_owned();
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|at| *at > 0).ok_or_else(wrong)?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        let number: f64 = number.parse().map_err(|_| wrong())?;
        total += Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())?;
        rest = after;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

/// How output looks.
#[derive(Debug, Clone, Args)]
pub(super) struct Looks {
    /// Print without colours.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, hide_possible_values = true,
          value_name = "BOOL", help_heading = "Output")]
    pub(super) no_color: bool,
    /// Print only the headlines of warnings.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    pub(super) compact_warnings: bool,
}

/// For programs.
#[derive(Debug, Clone, Args)]
pub(super) struct Json {
    /// Print JSON, as Terraform does.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    pub(super) json: bool,
}

/// For who may see secrets.
#[derive(Debug, Clone, Args)]
pub(super) struct Sight {
    /// Show sensitive values too.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    pub(super) show_sensitive: bool,
}

impl Sight {
    pub(super) fn secrets(&self) -> crate::report::Secrets {
        if self.show_sensitive { crate::report::Secrets::Shown } else { crate::report::Secrets::Hidden }
    }
}

/// The world that is worked on.
#[derive(Debug, Clone, Args)]
pub(super) struct WorldChoice {
    /// Work on a simulated world: in this process, or one that `infra sim` serves at an address. Also: INFRA_SIM.
    ///
    /// State, keys and world are kept under .infra/sim; credentials are not used.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "ADDR",
          help_heading = "World")]
    pub(super) sim: Option<String>,
}

/// The lock on the state.
#[derive(Debug, Clone, Args)]
pub(super) struct Locking {
    // Accepted, and changes nothing: whatever writes the state locks it.
    #[arg(
        long,
        hide = true,
        num_args = 0..=1,
        require_equals = true,
        default_value = "true",
        default_missing_value = "true",
        value_parser = boolean,
        action = clap::ArgAction::Set,
        value_name = "BOOL"
    )]
    pub(super) lock: bool,
    /// Wait that long for the lock.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration, hide_default_value = true,
          help_heading = "State")]
    pub(super) lock_timeout: Duration,
}

/// What the plan is for and about.
#[derive(Debug, Clone, Args)]
pub(super) struct Planning {
    /// Plan to destroy everything.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Plan")]
    pub(super) destroy: bool,
    /// Only take over into the state what the world has become.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Plan")]
    pub(super) refresh_only: bool,
    /// Do not read the objects before planning.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "true", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Plan")]
    pub(super) refresh: bool,
    /// Replace this instance. May be given several times.
    #[arg(long, value_name = "ADDRESS", help_heading = "Plan")]
    pub(super) replace: Vec<String>,
    /// Plan only this and what it needs. May be given several times.
    #[arg(long, value_name = "ADDRESS", help_heading = "Plan")]
    pub(super) target: Vec<String>,
    /// Leave what cannot be planned yet for a later run, rather than fail.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Plan")]
    pub(super) allow_deferral: bool,
}

/// What it may cost.
#[derive(Debug, Clone, Args)]
pub(super) struct Spending {
    /// End with 3, and do nothing, when all that is known of the cost would be above so many US dollars a month.
    #[arg(long, value_name = "USD", value_parser = dollars, allow_negative_numbers = true, help_heading = "Cost")]
    pub(super) max_monthly: Option<f64>,
    /// A price list of your own, which goes before the vendors': {"monthly": {"database db-s-1vcpu-1gb": 15}}.
    #[arg(long, value_name = "FILE", help_heading = "Cost")]
    pub(super) prices: Option<std::path::PathBuf>,
}

fn dollars(text: &str) -> Result<f64, String> {
    let amount = text.trim().trim_start_matches('$').parse::<f64>().ok();
    let amount = amount.filter(|amount| amount.is_finite() && *amount >= 0.0);
    amount.ok_or_else(|| "write an amount of US dollars, as 300 or 49.90".to_owned())
}

impl Spending {
    /// The user's own list; an empty one where there is none.
    pub(super) fn list(&self, place: &super::place::Place) -> Result<PriceList, super::Problem> {
        let named = self.prices.clone().or_else(|| place.environment.setting("PRICES").map(Into::into));
        let Some(path) = named else { return Ok(PriceList::default()) };
        let wrong = |error: &dyn std::fmt::Display| {
            let detail = format!(
                "{}: {error}. It must be JSON such as {{\"monthly\": {{\"database db-s-1vcpu-1gb\": 15}}}}.",
                path.display()
            );
            super::Problem::new("Price list cannot be used", detail)
        };
        let text = std::fs::read(place.cwd.join(&path)).map_err(|error| wrong(&error))?;
        serde_json::from_slice(&text).map_err(|error| wrong(&error))
    }

    /// What is wrong with a plan of this cost, where it is above the limit.
    pub(super) fn problem(&self, cost: &Cost) -> Option<super::Problem> {
        let limit = self.max_monthly.filter(|limit| cost.after > *limit)?;
        let least = if cost.uncounted.is_empty() { "" } else { "at least " };
        let detail = format!(
            "Applied, this would cost {least}${:.2} a month, and -max-monthly allows ${limit:.2}. Nothing was done.",
            cost.after
        );
        Some(super::Problem::new("Monthly cost above the limit", detail))
    }
}

impl Spending {
    /// What is said of a plan that is not known to be above the limit, nor known to be below.
    pub(super) fn doubt(&self, cost: &Cost) -> Option<Diagnostic> {
        let limit = self.max_monthly.filter(|limit| cost.after <= *limit && !cost.uncounted.is_empty())?;
        let (count, have) = match cost.uncounted.len() {
            1 => (1, "object has"),
            many => (many, "objects have"),
        };
        let detail = format!(
            "What is known adds up to ${:.2} a month, and -max-monthly allows ${limit:.2}; but {count} {have} no price that is \
             known before. Give prices of your own with -prices to have them counted.",
            cost.after
        );
        Some(Diagnostic::warning("Monthly cost may be above the limit", detail))
    }
}

/// How much is done at once.
#[derive(Debug, Clone, Args)]
pub(super) struct Width {
    /// At most so many calls at once; by default as many as the order allows.
    #[arg(long, value_name = "N", help_heading = "Apply")]
    pub(super) parallelism: Option<usize>,
}

/// Parses an address of an instance, or says what is wrong with it.
pub(super) fn instance(text: &str) -> Result<InstanceAddr, super::Problem> {
    text.parse::<InstanceAddr>()
        .map_err(|error| super::Problem::new("Invalid address", format!("\"{text}\": {error}.")))
}

/// Parses an address of a module, a resource or an instance, or says what is wrong with it.
pub(super) fn target(text: &str) -> Result<Target, super::Problem> {
    text.parse::<Target>()
        .map_err(|error| super::Problem::new("Invalid target address", format!("\"{text}\": {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_in_go() {
        let table = [
            ("30s", Some(30_000)),
            ("1m30s", Some(90_000)),
            ("250ms", Some(250)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1.5s", Some(1500)),
            ("", None),
            ("30", None),
            ("s", None),
            ("5 s", None),
            ("-1s", None),
            ("1d", None),
            ("1e9h", None),
        ];
        for (text, expected) in table {
            assert_eq!(duration(text).ok(), expected.map(Duration::from_millis), "{text}");
        }
    }
}
