//! `host_package`: a package of the host's distribution: installed, in a version if that matters, held if it must not move.
//!
//! What was installed before we came is let go of and not removed. Import ids are `<host>:/name`, as in `local:/nginx`.

mod sighting;

pub(crate) use sighting::Package;

use sighting::Status;

use super::bundle::Phases;
use super::duration;
use super::kind::Kind;
use super::kind::host_attribute;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::net::host::quote;
use crate::provider::BundleClass;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A package, found again by its name.
pub(super) struct HostPackage;

/// How old the lists of packages may be where nothing else is said.
const LISTS: &str = "24h";

impl Kind for HostPackage {
    fn name(&self) -> &'static str {
        "host_package"
    }

    fn schema(&self) -> Schema {
        let version = "Exact, as `1.22.1-9+deb12u1`, or how it begins, as `1.22.*`; any will do without one.";
        let held = "Whether nobody's upgrade may change it.";
        let purge = "When the package goes, what it keeps in /etc goes too.";
        let start = "Start what it brings as soon as it is installed, as Debian does by itself.";
        let update = "How old the host's lists of packages may be when it is installed.";
        Schema::new([
            host_attribute(),
            ("name", string().required().replaces().describe("As the distribution calls it.")),
            ("version", string().describe(version)),
            ("held", boolean().default(false).describe(held)),
            ("purge", boolean().default(false).input().describe(purge)),
            ("start_services", boolean().default(false).input().describe(start)),
            ("update_cache_after", string().default(LISTS).input().describe(update)),
            ("id", string().computed()),
            ("installed", string().computed().describe("The version that is there.")),
            ("candidate", string().computed().describe("What would be installed, where another version is wanted.")),
            ("ours", boolean().computed().describe("Whether it came with us; only then it is removed with its block.")),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut complain = |attribute: &str, summary: &str, detail: String| {
            problems.push(Problem { path: Path::of(attribute), summary: summary.to_owned(), detail });
        };
        if let Some(name) = config.str("name").filter(|name| !is_word(name)) {
            let detail =
                format!("`{name}` is not the name of a package, as `nginx` is; a version belongs into `version`.");
            complain("name", "Invalid package name", detail);
        }
        if let Some(pin) = config.str("version").filter(|pin| !is_word(pin.strip_suffix('*').unwrap_or(pin))) {
            let detail = format!("`{pin}` is neither a version, as `1.22.1-9`, nor the beginning of one, as `1.22.*`.");
            complain("version", "Invalid version", detail);
        }
        if let Some(text) = config.str("update_cache_after").filter(|text| duration::seconds(text).is_none()) {
            complain("update_cache_after", "Invalid duration", format!("`{text}` is not a duration, as `6h` is."));
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let (id, replace) = placed(prior, &proposed, "name");
        let prior = prior.filter(|_| replace.is_empty() && id.is_known());
        let pin = proposed.get("version").cloned().unwrap_or(Value::Null(Type::STRING));
        let fits = |version: &&str| match pin.as_str() {
            Some(pin) => matches(version, pin),
            None => pin.is_null(),
        };
        let known = |name: &str| prior.and_then(|prior| prior.str(name)).filter(fits).map(Value::from);
        let exact = || pin.as_str().filter(|pin| !pin.ends_with('*')).map(Value::from);
        let installed = known("installed").or_else(exact).or_else(|| known("candidate"));
        let ours = prior.and_then(|prior| prior.get("ours")).filter(|ours| !ours.is_null()).cloned();
        let object = proposed.with([
            (Str::from("id"), id),
            (Str::from("installed"), installed.unwrap_or_else(|| Value::unknown_not_null(Type::STRING))),
            (Str::from("candidate"), Value::Null(Type::STRING)),
            (Str::from("ours"), ours.unwrap_or_else(|| Value::unknown_not_null(Type::BOOL))),
        ]);
        Planned { object, replace, warnings: Vec::new() }
    }

    fn class(&self) -> BundleClass {
        BundleClass::Prepare
    }

    /// Another version of what runs is a restart of it.
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        prior.get("installed") != planned.get("installed")
    }

    fn keeps(&self, prior: &Object) -> Option<String> {
        (prior.bool("ours") == Some(false)).then(|| "the package was there before infra".to_owned())
    }

    fn brings_files(&self) -> bool {
        true
    }

    fn part(&self) -> Part {
        Part::Packages
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match name.strip_prefix('/').filter(|name| is_word(name)) {
            Some(name) => Ok(vec![
                ("name", Value::from(name)),
                ("purge", Value::from(false)),
                ("start_services", Value::from(false)),
                ("update_cache_after", Value::from(LISTS)),
            ]),
            None => Err("the id of a package is its host and its name, as `local:/nginx`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let pin = reference.str("version").unwrap_or_default();
        Some(Target::together(Part::Managers, "observe_packages", &[reference.str("name")?, pin]))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        if let Some(why) = sight.answer.packages_fault {
            return Read::Stale(why.to_owned());
        }
        let Some(Package { status, is_held, candidate, is_ours }) = sight.answer.packages.get(&at) else {
            return Read::Absent;
        };
        let installed = match status {
            Status::Absent => return Read::Absent,
            Status::Broken => None,
            Status::Installed(version) => Some(version.as_str()),
        };
        let string = |text: Option<&str>| text.map_or(Value::Null(Type::STRING), Value::from);
        // A version that is not the wanted one stands in its place, so that a plan shows both.
        let version = match (reference.str("version"), installed) {
            (Some(pin), Some(installed)) if !matches(installed, pin) => Some(installed),
            (pin, _) => pin,
        };
        Read::Present(reference.with([
            (Str::from("version"), string(version)),
            (Str::from("held"), Value::from(*is_held)),
            (Str::from("id"), place::id(reference, "name")),
            (Str::from("installed"), string(installed)),
            (Str::from("candidate"), string(candidate.as_deref())),
            (Str::from("ours"), Value::from(*is_ours)),
        ]))
    }

    fn is(&self, found: &Object, planned: &Object) -> bool {
        let is_in_version = |found: &str| match planned.str("installed").or(planned.str("version")) {
            Some(wanted) => matches(found, wanted),
            None => true,
        };
        found.str("installed").is_some_and(is_in_version) && found.bool("held") == planned.bool("held")
    }

    fn put(&self, at: usize, _: Option<&Object>, planned: &Object, phases: &mut Phases) {
        let flag = |name: &str| if planned.bool(name) == Some(true) { "yes" } else { "no" };
        // What a plan has promised comes in just this version, or not at all.
        let pin = planned.str("installed").or(planned.str("version")).unwrap_or_default();
        let (name, pin) = (quote(planned.str("name").unwrap_or_default()), quote(pin));
        let age = planned.str("update_cache_after").and_then(duration::seconds).unwrap_or_default();
        let (held, starts) = (flag("held"), flag("start_services"));
        phases.package(&format!("want_package {at} {name} {pin} {held} {starts} {age}"));
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        let purge = if prior.bool("purge") == Some(true) { "yes" } else { "no" };
        phases.package(&format!("drop_package {at} {} {purge}", quote(prior.str("name").unwrap_or_default())));
    }
}

/// Whether a version is what a pin asks for, as `scripts/managers.sh` has it.
fn matches(version: &str, pin: &str) -> bool {
    match pin.strip_suffix('*') {
        Some(beginning) => version.starts_with(beginning),
        None => version == pin,
    }
}

/// Whether a package manager takes it for one name or one version and nothing else: a `-` at its end, say, would remove.
fn is_word(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".+~^:_-".contains(c);
    !text.is_empty() && text.len() < 200 && text.chars().all(is_plain) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_a_version_or_how_one_begins() {
        for (version, pin, expected) in [
            ("7.0.15-1", "7.0.15-1", true),
            ("7.0.15-1", "7.0.15", false),
            ("7.0.15-1", "7.0.*", true),
            ("7.10.1", "7.1*", true),
            ("7.10.1", "7.1.*", false),
            ("5:7.0.15-1", "7.0.*", false),
            ("1", "*", true),
        ] {
            assert_eq!(matches(version, pin), expected, "{version} {pin}");
        }
    }

    #[test]
    fn a_name_is_nothing_more_than_a_name() {
        for (text, expected) in [
            ("g++", true),
            ("libc6:i386", true),
            ("python3.11", true),
            ("nginx-", false),
            ("-y", false),
            ("nginx=1", false),
            ("nginx/stable", false),
            ("a b", false),
            ("a*", false),
            ("", false),
        ] {
            assert_eq!(is_word(text), expected, "{text}");
        }
    }
}
