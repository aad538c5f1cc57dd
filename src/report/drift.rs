//! The report of `drift`: what is not as it was left, and what is written but not applied.
//!
//! Takes a refreshed plan. Its classes are kept apart: what others changed or deleted, what the configuration asks for that
//! has not been applied, and what could not be seen. What the configuration decides stands out with its values; the rest is
//! only named.

mod configured;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;

use serde::Serialize;
use serde_json::Value as Json;

use super::json::Plain;
use super::json::sealed;
use super::plan::DriftClass;
use super::plan::class_of;
use super::plan::is_shown;
use super::plan::object_name;
use super::plan::with_block;
use super::style::Secrets;
use super::style::Style;
use super::style::Tone;
use super::value::Content;
use super::value::Page;
use super::value::Sign;
use super::value::same;
use super::wrap::visible;
use crate::addr::Mode;
use crate::config::Config;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Drift;
use crate::plan::Plan;
use crate::plan::Registry;
use crate::schema::Block;
use crate::schema::Presence;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// What `drift` reports, sorted into classes.
pub struct DriftReport<'a> {
    pub(super) changed: Vec<Changed<'a>>,
    pub(super) deleted: Vec<&'a Drift>,
    pub(super) unapplied: Vec<&'a Change>,
    pub(super) stale: Vec<&'a Drift>,
    registry: &'a Registry,
    pub(super) errored: bool,
}

/// An object with the attributes that somebody else changed.
pub(super) struct Changed<'a> {
    pub(super) drift: &'a Drift,
    after: &'a Object,
    /// Those that the configuration writes.
    pub(super) written: Vec<&'a Str>,
    /// Arguments that it leaves out, so that their defaults hold.
    pub(super) left_out: Vec<&'a Str>,
    /// The others, which the vendor chooses.
    other: Vec<&'a Str>,
}

impl<'a> DriftReport<'a> {
    /// Sorts what a plan found. Changes that only answer to a drift are not reported a second time.
    pub fn new(plan: &'a Plan, config: &Config, registry: &'a Registry) -> Self {
        let set_by = configured::configured(config);
        let mut report = Self {
            changed: Vec::new(),
            deleted: Vec::new(),
            unapplied: Vec::new(),
            stale: Vec::new(),
            registry,
            errored: plan.errored,
        };
        let mut drifted: BTreeSet<(&crate::addr::InstanceAddr, &crate::state::ObjectKey)> = BTreeSet::new();
        for drift in &plan.drift {
            match (class_of(drift), &drift.after) {
                (DriftClass::Stale, _) => report.stale.push(drift),
                (_, None) => report.deleted.push(drift),
                (_, Some(after)) => {
                    let names = set_by.get(&drift.addr.resource());
                    let is_set = |name: &&Str| names.is_some_and(|names| names.contains(&***name));
                    let differs = after
                        .iter()
                        .filter(|(name, value)| drift.before.get(name).is_none_or(|before| !same(before, value)));
                    let (written, rest): (Vec<_>, Vec<_>) = differs.map(|(name, _)| name).partition(is_set);
                    let (left_out, other) = with_block(registry, Mode::Managed, &drift.addr.ty, |block| {
                        rest.into_iter().partition(|name| {
                            block.is_some_and(|block| has_default(block, name) || is_watched(block, name))
                        })
                    });
                    report.changed.push(Changed { drift, after, written, left_out, other });
                }
            }
            if drift.stale.is_none() {
                drifted.insert((&drift.addr, &drift.object));
            }
        }
        let is_code = |change: &&Change| {
            is_shown(change) && change.action != Action::Read && !drifted.contains(&(&change.addr, &change.object))
        };
        report.unapplied = plan.changes.iter().filter(is_code).collect();
        report
    }

    /// Whether everything could be seen.
    pub fn is_whole(&self) -> bool {
        self.stale.is_empty()
    }

    /// Whether everything is as it was left, and as it is written; what could not be seen is not counted.
    pub fn is_clean(&self) -> bool {
        self.changed.is_empty() && self.deleted.is_empty() && self.unapplied.is_empty() && !self.errored
    }

    /// Writes the report for people.
    pub fn text(&self, to: &mut dyn Write, style: Style, secrets: Secrets) -> io::Result<()> {
        let mut page = Page::new(style, secrets);
        if self.is_clean() && self.stale.is_empty() {
            page.line(Tone::Added, "No drift. Everything is as it was left, and as it is written.");
            return page.flush(to);
        }
        section(&mut page, "Changed outside of infra", !self.changed.is_empty());
        for changed in &self.changed {
            self.changed_text(&mut page, changed);
            page.flush_some(to)?;
        }
        section(&mut page, "Deleted outside of infra", !self.deleted.is_empty());
        for drift in &self.deleted {
            page.line(Tone::Removed, &format!("  - {}", object_name(&drift.addr, &drift.object)));
        }
        section(&mut page, "Written but not applied", !self.unapplied.is_empty());
        for change in &self.unapplied {
            let words = words(change);
            page.line(
                Tone::Plain,
                &format!("  {} {}: {words}", sign(change.action), object_name(&change.addr, &change.object)),
            );
        }
        section(&mut page, "Could not be read", !self.stale.is_empty());
        for drift in &self.stale {
            let why = visible(drift.stale.as_deref().unwrap_or_default()).into_owned();
            page.line(Tone::Warning, &format!("  ? {}: {why}", object_name(&drift.addr, &drift.object)));
        }
        page.line(Tone::Bold, &format!("\n{}", self.summary()));
        page.flush(to)
    }

    /// How many objects are of which class, in a sentence.
    pub(super) fn summary(&self) -> String {
        format!(
            "Drift: {} changed outside, {} deleted outside, {} not yet applied, {} could not be read.",
            self.changed.len(),
            self.deleted.len(),
            self.unapplied.len(),
            self.stale.len()
        )
    }

    /// How many objects are of which class, under the names that the classes have in the JSON.
    pub(super) fn counts(&self) -> [(&'static str, usize); 4] {
        [
            ("changed_outside", self.changed.len()),
            ("deleted_outside", self.deleted.len()),
            ("unapplied_code", self.unapplied.len()),
            ("stale", self.stale.len()),
        ]
    }

    pub(super) fn changed_text(&self, page: &mut Page<'_>, changed: &Changed<'_>) {
        let drift = changed.drift;
        page.begin(0, Sign::Change);
        page.line(Tone::Bold, &object_name(&drift.addr, &drift.object));
        let shown = || changed.written.iter().chain(&changed.left_out);
        if shown().next().is_some() {
            let only = |object: &Object| {
                Object::new(shown().filter_map(|name| Some((Str::clone(name), object.get(name)?.clone()))))
            };
            let (before, after) = (only(&drift.before), only(changed.after));
            with_block(self.registry, Mode::Managed, &drift.addr.ty, |block| {
                page.content(block, Content::Change(&before, &after), 1);
            });
        }
        if !changed.other.is_empty() {
            let names: Vec<&str> = changed.other.iter().map(|name| &***name).collect();
            page.line(
                Tone::Dim,
                &format!("        # also, but not decided by the configuration: {}", names.join(", ")),
            );
        }
    }

    /// The report for programs.
    pub fn json(&self, secrets: Secrets) -> Json {
        let changed = self.changed.iter().map(|changed| self.changed_json(changed, secrets));
        let unapplied = self.unapplied.iter().map(|change| Entry {
            address: change.addr.to_string(),
            deposed: deposed(&change.object),
            actions: Some(super::json::actions(change.action)),
            ..Entry::default()
        });
        let plain = |drift: &&Drift| Entry {
            address: drift.addr.to_string(),
            deposed: deposed(&drift.object),
            reason: drift.stale.clone(),
            ..Entry::default()
        };
        let document = Document {
            format_version: "1.0",
            clean: self.is_clean(),
            errored: self.errored,
            changed_outside: changed.collect(),
            deleted_outside: self.deleted.iter().map(plain).collect(),
            unapplied_code: unapplied.collect(),
            stale: self.stale.iter().map(plain).collect(),
        };
        serde_json::to_value(document).expect("plain data has a JSON form")
    }

    fn changed_json(&self, changed: &Changed<'_>, secrets: Secrets) -> Entry {
        let drift = changed.drift;
        let sealed =
            |object: Object| sealed(self.registry, drift.addr.mode, &drift.addr.ty, &std::sync::Arc::new(object));
        let (before, after) = (sealed(Object::clone(&drift.before)), sealed(changed.after.clone()));
        let pair = |name: &&Str, is_set: bool| {
            let of = |value: &Value| {
                let part = value.get(name).cloned().unwrap_or(Value::NULL);
                serde_json::to_value(Plain(&part, secrets)).unwrap_or(Json::Null)
            };
            (name.to_string(), Difference { before: of(&before), after: of(&after), configured: is_set })
        };
        let written = changed.written.iter().map(|name| pair(name, true));
        let other = changed.left_out.iter().chain(&changed.other).map(|name| pair(name, false));
        Entry {
            address: drift.addr.to_string(),
            deposed: deposed(&drift.object),
            attributes: Some(written.chain(other).collect()),
            ..Entry::default()
        }
    }
}

#[derive(Serialize)]
struct Document {
    format_version: &'static str,
    clean: bool,
    errored: bool,
    changed_outside: Vec<Entry>,
    deleted_outside: Vec<Entry>,
    unapplied_code: Vec<Entry>,
    stale: Vec<Entry>,
}

#[derive(Serialize, Default)]
struct Entry {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<&'static [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<BTreeMap<String, Difference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Difference {
    before: Json,
    after: Json,
    configured: bool,
}

fn deposed(object: &crate::state::ObjectKey) -> Option<String> {
    match object {
        crate::state::ObjectKey::Current => None,
        crate::state::ObjectKey::Deposed(key) => Some(key.to_string()),
    }
}

/// Whether something that the configuration leaves out has a default, so that a plan brings it back; else the vendor
/// chooses it.
fn has_default(block: &Block, name: &str) -> bool {
    match (block.attributes().get(name), block.blocks().get(name)) {
        (Some(attribute), _) => matches!(attribute.presence, Presence::Required | Presence::Optional),
        (None, Some(nested)) => !nested.computed,
        (None, None) => false,
    }
}

/// Whether a change of it is told with its values though nobody can set it: a droplet that was switched off.
fn is_watched(block: &Block, name: &str) -> bool {
    block.attributes().get(name).is_some_and(|attribute| attribute.watched)
}

fn section(page: &mut Page<'_>, title: &str, is_any: bool) {
    if is_any {
        let gap = if page.out.is_empty() { "" } else { "\n" };
        page.line(Tone::Bold, &format!("{gap}{title}:"));
    }
}

fn sign(action: Action) -> &'static str {
    match action {
        Action::NoOp => ">",
        Action::Create => "+",
        Action::Read => "<=",
        Action::Update => "~",
        Action::DeleteThenCreate => "-/+",
        Action::CreateThenDelete => "+/-",
        Action::Delete => "-",
        Action::Forget => ".",
    }
}

/// What is still to be done.
pub(super) fn words(change: &Change) -> &'static str {
    match change.action {
        Action::NoOp if change.importing.is_some() => "to be imported",
        Action::NoOp if change.previous_addr.is_some() => "moved",
        Action::NoOp => "to be adopted",
        Action::Create => "to be created",
        Action::Read => "to be read",
        Action::Update => "to be updated",
        Action::DeleteThenCreate | Action::CreateThenDelete => "to be replaced",
        Action::Delete => "to be destroyed",
        Action::Forget => "to be forgotten",
    }
}

#[cfg(test)]
mod tests;
