//! `host_directory`: a directory on a host: its owner, its mode. What is in it is others' concern.
//!
//! Import ids are `<host>:/path`, as in `local:/srv/app`.

use super::answer::Access;
use super::answer::Directory;
use super::answer::Other;
use super::bundle::Phases;
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
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// A directory, found again by its path.
pub(super) struct HostDirectory;

impl Kind for HostDirectory {
    fn name(&self) -> &'static str {
        "host_directory"
    }

    fn schema(&self) -> Schema {
        let recursive = "When the directory goes, all that is in it goes too; without, only an empty one does.";
        Schema::new([
            host_attribute(),
            ("path", string().required().replaces()),
            ("owner", string().optional_computed().watched().describe("A user's name or number.")),
            ("group", string().optional_computed().watched().describe("A group's name or number.")),
            ("mode", string().default("0755").equality(Equality::Semantic(place::same_mode))),
            ("create_parents", boolean().default(false).input().describe("Make the folders that are missing.")),
            ("recursive", boolean().default(false).input().describe(recursive)),
            ("id", string().computed()),
            place::instead_attribute("What stands there where that is no directory: a symlink, a file."),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        place::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let (id, replace) = placed(prior, &proposed, "path");
        let object = proposed.with(place::planned_owners(&proposed)).with([place::instead(None)]).set("id", id);
        let warnings = place::warnings(prior, &object, false);
        Planned { object, replace, warnings }
    }

    fn class(&self) -> BundleClass {
        BundleClass::Prepare
    }

    fn part(&self) -> Part {
        Part::Directories
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        let defaults = ["create_parents", "recursive"].map(|name| (name, Value::from(false)));
        match place::path_fault(name) {
            None => Ok([("path", Value::from(name))].into_iter().chain(defaults).collect()),
            Some(_) => Err("the id of a directory is its host and its path, as `local:/srv/app`"),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        Some(Target::directory(reference.str("path")?))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        let with = |access: Option<&Access>, other: Option<&Other>| {
            let object = reference.with(place::found(reference, access)).with([place::instead(other)]);
            Read::Present(object.set("id", place::id(reference, "path")))
        };
        match sight.answer.directories.get(&at) {
            None | Some(Directory::Absent) => Read::Absent,
            Some(Directory::Hidden) => {
                Read::Stale("the directory may not be seen by the user that we log in as".to_owned())
            }
            // There is something, and it is no directory: all that it would say of itself is null.
            Some(Directory::Other(other)) => with(None, Some(other)),
            Some(Directory::Found(access)) => with(Some(access), None),
        }
    }

    fn is(&self, found: &Object, planned: &Object) -> bool {
        let is_as_planned = |name| planned.str(name).is_none_or(|wanted| found.str(name) == Some(wanted));
        found.str("mode").is_some() && ["owner", "group", "mode"].into_iter().all(is_as_planned)
    }

    fn put(&self, at: usize, _: Option<&Object>, planned: &Object, phases: &mut Phases) {
        let text = |name: &str| quote(planned.str(name).unwrap_or_default());
        let (path, mode, owner, group) = (text("path"), text("mode"), text("owner"), text("group"));
        let parents = if planned.bool("create_parents") == Some(true) { "yes" } else { "no" };
        phases.prepare(at, &format!("prepare_directory {at} {path} {mode} {owner} {group} {parents}"));
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        let path = quote(prior.str("path").unwrap_or_default());
        let recursive = if prior.bool("recursive") == Some(true) { "yes" } else { "no" };
        phases.prepare(at, &format!("prepare_directory_removal {at} {path} {recursive}"));
    }
}
