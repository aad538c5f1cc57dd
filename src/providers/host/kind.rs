//! What can be on a host, by kind: how it is seen there, and what the script does to bring it about.
//!
//! A [`Kind`] knows its attributes, its [`Target`] and its calls of the script's functions. Everything else is the same for
//! all of them and stands here once: [`OnHost`] makes a resource type of a kind.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;

use super::bundle::Phases;
use super::client::Hosts;
use super::command;
use super::directory;
use super::endpoint::Endpoint;
use super::endpoint::is_same_machine;
use super::endpoint::same_host;
use super::endpoint::validate_host;
use super::env_file;
use super::file;
use super::group;
use super::look::Sight;
use super::look::Target;
use super::machine;
use super::package;
use super::redis;
use super::script::Part;
use super::single;
use super::unit;
use super::user;
use crate::provider::BatchKey;
use crate::provider::BundleClass;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// A kind of thing on a host, found again by its name there.
pub(super) trait Kind: Send + Sync {
    /// The type's name.
    fn name(&self) -> &'static str;

    /// Its attributes; [`host_attribute`] is one of them.
    fn schema(&self) -> Schema;

    /// Finds what is wrong with a decoded configuration beyond the schema; its `host` has been looked at.
    fn validate(&self, config: &Object) -> Vec<Problem>;

    /// Adjusts what the schema proposes, as [`ResourceType::plan`].
    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned;

    /// Which part of a bundle it belongs to.
    fn class(&self) -> BundleClass {
        BundleClass::Transaction
    }

    /// The part of the script that the calls are in which change it.
    fn part(&self) -> Part;

    /// Whether one can be there before its first plan, put there by somebody else.
    fn adopts(&self) -> bool {
        true
    }

    /// Whether a change takes something out of service for a time.
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        let _ = (prior, planned);
        false
    }

    /// It as it has to be seen where another on its host is put right, as [`ResourceType::disturbed`].
    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object> {
        let _ = (prior, mended);
        None
    }

    /// Whether its creation brings files, as [`ResourceType::brings_files`].
    fn brings_files(&self) -> bool {
        false
    }

    /// What a change does to what runs, as [`ResourceType::side_effect`].
    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        let _ = (prior, planned);
        None
    }

    /// Why one is let go of, and not removed, when it is no longer configured, as [`ResourceType::keeps`].
    fn keeps(&self, prior: &Object) -> Option<String> {
        let _ = prior;
        None
    }

    /// The attributes that the name in an import id stands for; how to write one where it is none.
    fn imported(&self, name: &str) -> std::result::Result<Vec<(&'static str, Value)>, &'static str>;

    /// What to see of it; `None` while its name is not known.
    fn target(&self, reference: &Object) -> Option<Target>;

    /// It as it was seen; values that mean the same keep the reference's spelling.
    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read;

    /// Whether what was found is what was planned, so that a run that was broken off must have made it.
    fn is(&self, found: &Object, planned: &Object) -> bool {
        found.str("digest").is_some() && found.str("digest") == planned.str("digest")
    }

    /// The path of a file that it brings: a program, perhaps, that a unit of the same bundle runs.
    fn brings<'o>(&self, planned: &'o Object) -> Option<&'o str> {
        let _ = planned;
        None
    }

    /// The calls that make member number `at` what is planned.
    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases);

    /// The calls that take member number `at` away.
    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases);
}

/// All kinds there are.
pub(super) const KINDS: [&dyn Kind; 9] = [
    &command::HostCommand,
    &directory::HostDirectory,
    &env_file::HostEnvFile,
    &file::HostFile,
    &group::HostGroup,
    &package::HostPackage,
    &redis::HostRedis,
    &unit::SystemdUnit,
    &user::HostUser,
];

/// The kind of a type; `None` for the machine itself.
pub(super) fn kind(ty: &str) -> Option<&'static dyn Kind> {
    KINDS.into_iter().find(|kind| kind.name() == ty)
}

/// The attribute that says which host something is on.
pub(super) fn host_attribute() -> (&'static str, Attribute) {
    ("host", any().required().equality(Equality::Semantic(same_host)).followed().describe("A whole host_machine."))
}

/// Whether an object changes in more than these attributes. A mark alone changes nothing, nor does another way to its host.
pub(super) fn is_changed(prior: &Object, planned: &Object, but: &[&str]) -> bool {
    let plain = |value: &Value| value.clone().unmark_deep().0;
    planned.iter().filter(|(name, _)| !but.contains(&&***name)).any(|(name, value)| {
        let (before, after) = (prior.get(name).map(plain), plain(value));
        before.is_none_or(|before| before != after && !(&**name == "host" && same_host(&before, &after)))
    })
}

/// The resource type of a kind: one object by itself is a bundle of one.
pub(super) struct OnHost(pub(super) &'static dyn Kind);

#[async_trait]
impl ResourceType<Hosts> for OnHost {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn schema(&self) -> Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        validate_host(config).into_iter().chain(self.0.validate(config)).collect()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        self.0.plan(prior, proposed)
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(Endpoint::of_object(prior)?.batch_key())
    }

    async fn read(&self, hosts: &Hosts, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        single::read(hosts, cx, self.0, prior).await
    }

    async fn create(&self, hosts: &Hosts, cx: &Cx, planned: &Object) -> Result<Object> {
        single::create(hosts, cx, self.0, planned).await
    }

    async fn update(&self, hosts: &Hosts, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        single::update(hosts, cx, self.0, prior, planned).await
    }

    async fn delete(&self, hosts: &Hosts, cx: &Cx, prior: &Object) -> Result<()> {
        single::delete(hosts, cx, self.0, prior).await
    }

    async fn find(&self, hosts: &Hosts, cx: &Cx, intent: &Intent) -> Result<Found> {
        single::find(hosts, cx, self.0, intent).await
    }

    fn consistency_window(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    async fn import(&self, hosts: &Hosts, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let configured = cx.configured().and_then(|config| config.get("host"));
        let (host, name) = self.meant(id, configured)?;
        // A name may stand behind a slash, as a path does.
        let imported = self.0.imported(name).or_else(|form| self.0.imported(&format!("/{name}")).map_err(|_| form));
        let attributes = imported.map_err(|form| self.unreadable(id, form))?;
        let attributes = attributes.into_iter().map(|(name, value)| (Str::from(name), value));
        let reference = machine::nulls(self.0.schema().ty()).with(attributes).set("host", host);
        single::read(hosts, cx, self.0, &reference).await
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        self.0.interrupts(prior, planned)
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        self.0.side_effect(prior, planned)
    }

    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object> {
        let hosts = prior.get("host").zip(mended.get("host"));
        hosts.filter(|(own, other)| same_host(own, other)).and_then(|_| self.0.disturbed(prior, mended))
    }

    fn brings_files(&self) -> bool {
        self.0.brings_files()
    }

    fn adopts(&self) -> bool {
        self.0.adopts()
    }

    /// Where a host is nothing but a place, nothing tells when it is gone.
    fn part_of<'o>(&self, object: &'o Object) -> Option<&'o str> {
        let host = object.get("host")?.as_object()?;
        host.str("identity").and(host.str("id"))
    }

    fn keeps(&self, prior: &Object, _: &Json) -> Option<String> {
        self.0.keeps(prior)
    }

    fn bundle(&self) -> Option<BundleClass> {
        Some(self.0.class())
    }
}

impl OnHost {
    /// Which host an import id means, and what on it. Where one is configured the id may name that by its id or by where it is,
    /// or leave it out.
    fn meant<'i>(&self, id: &'i str, configured: Option<&Value>) -> Result<(Value, &'i str)> {
        let parsed = Endpoint::parse_with_path(id);
        let Some((host, machine)) = configured.and_then(|host| Some((host, host.as_object()?))) else {
            let form = || self.unreadable(id, self.0.imported("").err().unwrap_or_default());
            let (endpoint, name) = parsed.ok_or_else(form)?;
            return Ok((Value::Object(Arc::new(machine::named(&endpoint))), name));
        };
        if let Some(name) = machine.str("id").and_then(|host| id.strip_prefix(host)?.strip_prefix(':')) {
            return Ok((host.clone(), name));
        }
        let is_it =
            |endpoint: &str| Endpoint::parse(endpoint).is_some_and(|it| is_same_machine(&machine::named(&it), machine));
        if let Some((_, name)) = id.rsplit_once(':').filter(|(endpoint, name)| !name.contains('/') && is_it(endpoint)) {
            return Ok((host.clone(), name));
        }
        match parsed {
            None => Ok((host.clone(), id)),
            Some((endpoint, name)) if is_same_machine(&machine::named(&endpoint), machine) => Ok((host.clone(), name)),
            Some((endpoint, name)) => {
                let known = machine.str("id").unwrap_or("a machine that is not made yet");
                let problem = format!(
                    "the id says that it is on {endpoint}, and by its configuration it belongs on {known}; write `{name}` \
                     alone to mean that host"
                );
                Err(ProviderError::refused(format!("importing the {} `{id}`", self.0.name()), problem))
            }
        }
    }

    fn unreadable(&self, id: &str, form: &str) -> ProviderError {
        ProviderError::refused(format!("importing the {} `{id}`", self.0.name()), form)
    }
}
