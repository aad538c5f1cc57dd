//! The stream of `plan -json` and `apply -json`: one object a line.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;

use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::still::Still;
use super::words::id_text;
use super::words::name;
use super::words::seconds;
use super::words::undone;
use super::words::waiting;
use super::words::whole_seconds;
use super::words::words;
use crate::apply::Event;
use crate::apply::Observer;
use crate::apply::StepName;
use crate::diag::Diagnostic;
use crate::diag::Severity;
use crate::diag::Sources;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Cost;
use crate::plan::Counts;
use crate::plan::Plan;
use crate::plan::Reason;
use crate::report::cost::is_nothing;
use crate::report::cost::sum;
use crate::report::diagnostic::diagnostic_json;
use crate::report::json::TypedOutput;
use crate::report::json::resource_json;
use crate::report::plan::DriftClass;
use crate::report::plan::class_of;
use crate::report::plan::is_relevant;
use crate::report::plan::summary_line;
use crate::report::style::Secrets;
use crate::state::ObjectKey;
use crate::state::Output;
use crate::value::Str;

/// The version of the stream's form.
const UI: &str = "1.2";

/// Writes one JSON object a line. Time comes from the caller, as RFC 3339.
pub struct JsonLines<W> {
    inner: Mutex<Inner<W>>,
    now: Box<dyn Fn() -> String + Send + Sync>,
}

struct Inner<W> {
    to: W,
    said: HashMap<StepName, Still>,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `to`; `now` tells the time.
    pub fn new(to: W, now: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { inner: Mutex::new(Inner { to, said: HashMap::new() }), now: Box::new(now) }
    }

    /// Gives the writer back.
    pub fn into_inner(self) -> W {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).to
    }

    /// The first line: which versions write this. `terraform` is the version that readers take us for.
    pub fn version(&self, infra: &str, terraform: &str) {
        self.say(
            "info",
            format!("infra {infra}"),
            "version",
            json!({"terraform": terraform, "ui": UI, "infra": infra}),
        );
    }

    /// A problem.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) {
        let (level, word) = match diagnostic.severity {
            Severity::Error => ("error", "Error"),
            Severity::Warning => ("warn", "Warning"),
        };
        let message = format!("{word}: {}", diagnostic.summary);
        self.say(level, message, "diagnostic", json!({"diagnostic": diagnostic_json(diagnostic, sources)}));
    }

    /// A plan: what drifted, what is to change, the summary and the outputs.
    pub fn plan(&self, plan: &Plan) {
        self.planned_changes(plan);
        let counts = plan.counts();
        self.say("info", summary_line(plan), "change_summary", json!({"changes": summary(counts, "plan")}));
        let changed = plan.outputs.iter().filter(|output| output.action() != Action::NoOp);
        let outputs: Map<String, Json> = changed
            .map(|output| {
                let action = action_word(output.action());
                (output.name.to_string(), json!({"sensitive": output.sensitive, "action": action}))
            })
            .collect();
        if !outputs.is_empty() {
            self.say("info", format!("Outputs: {}", outputs.len()), "outputs", json!({ "outputs": outputs }));
        }
    }

    /// What a plan costs; nothing where nothing costs anything.
    pub fn cost(&self, cost: &Cost) {
        if is_nothing(cost) {
            return;
        }
        let (before, after) = (sum(cost.before, cost.is_before_partial), sum(cost.after, !cost.uncounted.is_empty()));
        let message = format!("Monthly cost: {before} -> {after}");
        self.say("info", message, "cost", json!({ "cost": crate::report::cost_json(cost) }));
    }

    /// What is to change, without a summary: how an apply of a saved plan begins.
    pub fn planned_changes(&self, plan: &Plan) {
        let relevant = is_relevant(plan);
        for drift in plan.drift.iter().filter(|drift| relevant(drift)) {
            let (action, words) = match class_of(drift) {
                DriftClass::ChangedOutside => ("update", "Drift detected (update)"),
                DriftClass::DeletedOutside => ("delete", "Drift detected (delete)"),
                DriftClass::Stale => continue,
            };
            let message = format!("{}: {words}", drift.addr);
            let change = json!({"resource": resource_json(&drift.addr), "action": action});
            self.say("info", message, "resource_drift", json!({ "change": change }));
        }
        for change in plan.changes.iter().filter(|change| crate::report::plan::is_shown(change)) {
            let (word, planned) = change_json(change);
            let message = format!("{}: Plan to {word}", change.addr);
            self.say("info", message, "planned_change", json!({ "change": planned }));
        }
    }

    /// What was done.
    pub fn applied(&self, counts: Counts, is_destroy: bool) {
        let (message, operation) = match is_destroy {
            true => (super::destroy_summary(counts), "destroy"),
            false => (super::apply_summary(counts), "apply"),
        };
        self.say("info", message, "change_summary", json!({"changes": summary(counts, operation)}));
    }

    /// The outputs after an apply; sensitive ones without their value.
    pub fn outputs<'a>(&self, outputs: impl IntoIterator<Item = (&'a Str, &'a Output)>) {
        let outputs: Map<String, Json> = outputs
            .into_iter()
            .map(|(name, output)| {
                let typed =
                    TypedOutput { value: Some(&output.value), sensitive: output.sensitive, secrets: Secrets::Hidden };
                let mut entry = serde_json::to_value(typed).unwrap_or(Json::Null);
                if let (true, Some(entry)) = (output.sensitive, entry.as_object_mut()) {
                    entry.remove("value");
                }
                (name.to_string(), entry)
            })
            .collect();
        self.say("info", format!("Outputs: {}", outputs.len()), "outputs", json!({ "outputs": outputs }));
    }

    fn say(&self, level: &str, message: String, ty: &str, fields: Json) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(&mut inner, level, message, ty, fields);
    }

    fn write(&self, inner: &mut Inner<W>, level: &str, message: String, ty: &str, fields: Json) {
        let mut line = Map::new();
        line.insert("@level".into(), level.into());
        line.insert("@message".into(), message.into());
        line.insert("@module".into(), "terraform.ui".into());
        line.insert("@timestamp".into(), (self.now)().into());
        if let Json::Object(fields) = fields {
            line.extend(fields);
        }
        line.insert("type".into(), ty.into());
        // A reader that has gone away is no reason to stop what is being done.
        let _ = writeln!(inner.to, "{}", Json::Object(line));
        let _ = inner.to.flush();
    }

    fn step(&self, inner: &mut Inner<W>, step: &StepName, text: &str, ty: &str, fields: Json) {
        let mut hook = Map::new();
        hook.insert("resource".into(), resource_json(&step.addr));
        if let ObjectKey::Deposed(key) = &step.object {
            hook.insert("deposed".into(), key.as_str().into());
        }
        hook.insert("action".into(), words(step.op).action.into());
        if let Json::Object(fields) = fields {
            hook.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let message = format!("{}: {text}", name(step));
        self.write(inner, "info", message, ty, json!({ "hook": hook }));
    }
}

impl<W: Write + Send> Observer for JsonLines<W> {
    fn event(&self, event: Event) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *inner;
        match event {
            Event::ReadStart { what, count } => {
                let hook = json!({"resource": read_resource(&what), "count": count});
                self.write(
                    inner,
                    "info",
                    format!("{what}: Refreshing state..."),
                    "refresh_start",
                    json!({ "hook": hook }),
                );
            }
            Event::ReadDone { what, count, elapsed } => {
                let hook = json!({"resource": read_resource(&what), "count": count, "elapsed_seconds": whole_seconds(elapsed)});
                self.write(
                    inner,
                    "info",
                    format!("{what}: Refresh complete"),
                    "refresh_complete",
                    json!({ "hook": hook }),
                );
            }
            Event::StepStart { step, id } => {
                let text = format!("{}{}", words(step.op).start, id_text(id.as_ref()));
                self.step(inner, &step, &text, "apply_start", id_json(id));
                inner.said.insert(step, Still::default());
            }
            Event::StepProgress { step, text, elapsed } => {
                let still = inner.said.entry(step.clone()).or_default();
                if !still.is_due(text, elapsed) {
                    return;
                }
                let text = Some(still.text.clone());
                let message = format!("{} [{} elapsed]", words(step.op).still, seconds(elapsed));
                let fields =
                    json!({"elapsed_seconds": whole_seconds(elapsed), "status": text.filter(|it| !it.is_empty())});
                self.step(inner, &step, &message, "apply_progress", fields);
            }
            Event::StepDone { step, id, elapsed } => {
                inner.said.remove(&step);
                let is_gone = matches!(step.op, crate::plan::Op::Delete | crate::plan::Op::DeleteDeposed);
                let id = id.filter(|_| !is_gone);
                let text = format!("{} after {}{}", words(step.op).done, seconds(elapsed), id_text(id.as_ref()));
                let mut fields = id_json(id);
                fields["elapsed_seconds"] = whole_seconds(elapsed).into();
                self.step(inner, &step, &text, "apply_complete", fields);
            }
            Event::StepFailed { step, error, elapsed } => {
                inner.said.remove(&step);
                let text = format!("{} after {}", words(step.op).failed, seconds(elapsed));
                let fields = json!({"elapsed_seconds": whole_seconds(elapsed), "error": error});
                self.step(inner, &step, &text, "apply_errored", fields);
            }
            // Tools know no word for that; to say that it errored would be wrong.
            Event::StepUndone { step, how, cause, elapsed } => {
                inner.said.remove(&step);
                let message = format!("{}: {}", name(&step), undone(how, cause.as_ref(), elapsed));
                self.write(inner, "warn", message, "log", json!({"resource": resource_json(&step.addr)}));
            }
            Event::StepSkipped { step } => {
                let message = format!("{}: Skipped, as something it needs has failed", name(&step));
                self.write(inner, "warn", message, "log", json!({"resource": resource_json(&step.addr)}));
            }
            Event::Progress { .. } => {}
            Event::WaitStart(wait) => {
                let fields = json!({"vendor": wait.vendor, "for": wait.limit, "seconds": whole_seconds(wait.wait)});
                self.write(inner, "info", waiting(&wait), "rate_limit_wait", json!({ "wait": fields }));
            }
            Event::WaitDone { .. } => {}
            Event::Notice(text) => self.write(inner, "info", text, "log", json!({})),
        }
    }
}

/// What is read is named by its address, or by its type where many are read at once.
fn read_resource(what: &str) -> Json {
    match what.parse::<crate::addr::InstanceAddr>() {
        Ok(addr) => resource_json(&addr),
        Err(_) => json!({"addr": what, "resource_type": what}),
    }
}

fn id_json(id: Option<String>) -> Json {
    match id.filter(|id| !id.is_empty()) {
        Some(id) => json!({"id_key": "id", "id_value": id}),
        None => json!({}),
    }
}

fn summary(counts: Counts, operation: &str) -> Json {
    json!({
        "add": counts.add,
        "change": counts.change,
        "import": counts.import,
        "remove": counts.destroy,
        "operation": operation,
    })
}

fn change_json(change: &Change) -> (&'static str, Json) {
    let word = match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        Action::NoOp if change.previous_addr.is_some() => "move",
        action => action_word(action),
    };
    let mut out = Map::new();
    out.insert("resource".into(), resource_json(&change.addr));
    if let Some(from) = &change.previous_addr {
        out.insert("previous_resource".into(), resource_json(from));
    }
    out.insert("action".into(), word.into());
    if let Some(reason) = change.reason.map(reason_word) {
        out.insert("reason".into(), reason.into());
    }
    if let Some(id) = &change.importing {
        out.insert("importing".into(), json!({"id": &**id}));
    }
    (word, Json::Object(out))
}

fn action_word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "noop",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}

/// Reasons as the stream names them, which is not how `show -json` does.
fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Tainted => "tainted",
        Reason::Requested => "requested",
        Reason::CannotUpdate => "cannot_update",
        Reason::Triggered => "replace_triggered_by",
        reason => reason.as_str(),
    }
}
