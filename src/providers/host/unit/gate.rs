//! The gate of a unit: what must hold, and for how long, before a change counts as done.

use crate::provider::Problem;
use crate::providers::host::duration::seconds;
use crate::schema::Attribute;
use crate::schema::ObjectExt;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// How long a unit is watched where nothing else is said: enough for a process that falls over at once.
const HOLD: i64 = 2;
/// How long a unit may take to come up where nothing else is said: as long as systemd itself waits.
const DEADLINE: i64 = 90;

/// What must hold before a unit counts as up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gate {
    /// Answers a GET with success.
    pub(super) url: Option<String>,
    /// Accepts connections: a host and a port.
    pub(super) address: Option<(String, u16)>,
    /// Ends with 0.
    pub(super) command: Option<String>,
    /// For how many seconds all of it must hold, in one and the same process.
    pub(super) hold: i64,
    /// How many seconds it may take.
    pub(super) deadline: i64,
}

/// The arguments of a `gate` block.
pub(super) fn attributes() -> [(&'static str, Attribute); 5] {
    [
        (
            "http",
            string().input().describe("A URL, or `:8000/path` on the host itself, that must answer with success."),
        ),
        ("tcp", string().input().describe("`:8000` or `address:8000` that must accept connections.")),
        ("command", string().input().describe("A shell command that must end with 0.")),
        ("hold", string().input().describe("For how long all of it must hold; `2s` where nothing is said.")),
        ("deadline", string().input().describe("How long it may take; `90s` where nothing is said.")),
    ]
}

impl Gate {
    /// The gate of a unit: its block's, or to stay up for a moment.
    pub(super) fn of(unit: &Object) -> Self {
        let block = unit.get("gate").and_then(Value::as_object);
        let text = |name: &str| block.and_then(|block| block.str(name)).map(str::to_owned);
        let seconds = |name: &str, otherwise: i64| text(name).and_then(|text| seconds(&text)).unwrap_or(otherwise);
        Self {
            url: text("http").and_then(|text| url(&text)),
            address: text("tcp").and_then(|text| address(&text)),
            command: text("command"),
            hold: seconds("hold", HOLD),
            deadline: seconds("deadline", DEADLINE),
        }
    }
}

/// What is wrong with a `gate` block.
pub(super) fn validate(unit: &Object) -> Vec<Problem> {
    let Some(block) = unit.get("gate").and_then(Value::as_object) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut check = |name: &str, is_good: fn(&str) -> bool, detail: &str| {
        if let Some(text) = block.str(name)
            && !is_good(text)
        {
            let path = Path::of("gate").attr(name);
            problems.push(Problem { path, summary: "Invalid gate".to_owned(), detail: format!("`{text}` {detail}") });
        }
    };
    let no_duration = "is not a duration, as `90s` or `2m` is.";
    check("hold", |text| seconds(text).is_some(), no_duration);
    check("deadline", |text| seconds(text).is_some(), no_duration);
    check("http", |text| url(text).is_some(), "is neither a URL nor of the form `:8000/path`.");
    check("tcp", |text| address(text).is_some(), "is neither `:8000` nor `address:8000`.");
    check("command", |text| !text.contains('\0'), "holds a NUL.");
    problems.extend(unmeetable(block));
    problems
}

/// A gate that must hold for longer than it may take could never open.
fn unmeetable(block: &Object) -> Option<Problem> {
    let given = |name: &str| block.get(name).is_some_and(|value| !value.is_null());
    // What is not known yet, or is no duration, is nobody's default.
    let time = |name: &str, otherwise: i64| match given(name) {
        true => block.str(name).and_then(|text| Some((seconds(text)?, format!("`{text}`")))),
        false => Some((otherwise, format!("`{otherwise}s`, as nothing else is said"))),
    };
    let ((hold, hold_text), (deadline, deadline_text)) = (time("hold", HOLD)?, time("deadline", DEADLINE)?);
    let name = if given("hold") { "hold" } else { "deadline" };
    (hold > deadline).then(|| Problem {
        path: Path::of("gate").attr(name),
        summary: "Invalid gate".to_owned(),
        detail: format!(
            "The gate must hold for {hold_text}, and `deadline` gives it {deadline_text}: it could never open. The \
             deadline counts from the start of the unit, and the hold lies within it: make `deadline` longer than \
             `hold` by the time that the unit takes to come up, or `hold` shorter."
        ),
    })
}

fn url(text: &str) -> Option<String> {
    let is_clean = text.chars().all(|c| c.is_ascii_graphic());
    if let Some(local) = text.strip_prefix(':') {
        let port = local.split('/').next().and_then(|port| port.parse::<u16>().ok());
        return (is_clean && port.is_some()).then(|| format!("http://127.0.0.1{text}"));
    }
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
    (is_clean && !rest.is_empty()).then(|| text.to_owned())
}

fn address(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_clean = host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c)) && !host.starts_with('-');
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Some((host.to_owned(), port.parse().ok()?)).filter(|_| is_clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_written_shortly() {
        for (text, expected) in [
            (":8000/healthz", Some("http://127.0.0.1:8000/healthz")),
            (":80", Some("http://127.0.0.1:80")),
            ("https://app.example/x", Some("https://app.example/x")),
            (":http/x", None),
            ("ftp://x", None),
            (":80/a b", None),
        ] {
            assert_eq!(url(text).as_deref(), expected, "{text}");
        }
        assert_eq!(address(":5432"), Some(("127.0.0.1".to_owned(), 5432)));
        assert_eq!(address("[::1]:80"), Some(("::1".to_owned(), 80)));
        assert_eq!(address("db"), None);
    }
}
