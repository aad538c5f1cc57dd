//! A droplet as the API tells it, and as an object.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;

use super::super::tagging;
use super::super::values::int;
use super::super::values::number;
use super::super::values::said;
use super::super::values::strings;
use super::super::values::text;
use super::schema::SCHEMA;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

#[derive(Debug, Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: u64,
    pub(in super::super) name: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) locked: bool,
    memory: Option<i64>,
    vcpus: Option<i64>,
    disk: Option<i64>,
    created_at: Option<String>,
    features: Option<Vec<String>>,
    image: Option<Image>,
    pub(super) volume_ids: Option<Vec<String>>,
    size: Option<Size>,
    pub(super) size_slug: Option<String>,
    networks: Option<Networks>,
    pub(super) region: Option<Region>,
    pub(super) tags: Option<Vec<String>>,
    vpc_uuid: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Image {
    id: u64,
    slug: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Size {
    price_monthly: Option<serde_json::Number>,
    price_hourly: Option<serde_json::Number>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Region {
    pub(super) slug: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Networks {
    v4: Vec<Network>,
    v6: Vec<Network>,
}

#[derive(Debug, Clone, Deserialize)]
struct Network {
    ip_address: String,
    #[serde(rename = "type")]
    kind: String,
}

/// When backups are made.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Policy {
    backup_policy: Option<PolicyTimes>,
}

#[derive(Debug, Clone, Deserialize)]
struct PolicyTimes {
    plan: Option<String>,
    weekday: Option<String>,
    hour: Option<i64>,
}

/// What we note on a droplet beside its attributes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    /// The image that the configured slug meant when the droplet was made: slugs move on to newer images, which is no
    /// reason to replace a droplet, while another image on it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<u64>,
    /// We switched it off and have not yet switched it on again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) owes_power_on: bool,
}

impl Note {
    pub(super) fn of(private: &Json) -> Self {
        serde_json::from_value(private.clone()).unwrap_or_default()
    }

    pub(super) fn to_json(&self) -> Json {
        serde_json::to_value(self).expect("a note has string keys")
    }
}

impl Wire {
    /// Whether it is up and can be reached: addresses may come a moment after the status.
    pub(super) fn is_up(&self, public: bool) -> bool {
        self.status == "active" && (!public || self.address("public").is_some())
    }

    fn address(&self, kind: &str) -> Option<&str> {
        let networks = self.networks.as_ref()?;
        networks.v4.iter().find(|network| network.kind == kind).map(|network| &*network.ip_address)
    }

    /// All that the answer says, for those who only look.
    pub(in super::super) fn told(&self) -> Object {
        self.object(&SCHEMA.empty(), &mut Note::default(), None)
    }

    /// The IPv6 address within its network.
    pub(in super::super) fn private_v6(&self) -> Value {
        let networks = self.networks.iter().flat_map(|networks| &networks.v6);
        let private =
            networks.filter(|network| network.kind == "private").map(|it| it.ip_address.to_lowercase()).next();
        text(private.as_deref())
    }

    /// The id alone: what is made durable before waiting.
    pub(super) fn partial(&self, planned: &Object) -> Object {
        SCHEMA.settle(planned, self.identity())
    }

    fn identity(&self) -> [(&'static str, Value); 2] {
        [("id", self.id.to_string().into()), ("urn", format!("do:droplet:{}", self.id).into())]
    }

    /// The droplet as an object; `base` is what was known or planned, which stays where the answer says nothing.
    pub(super) fn object(&self, base: &Object, note: &mut Note, policy: Option<&Policy>) -> Object {
        let mut given = Vec::from(self.identity());
        // One that we switched off and owe its power is as good as on, and the event that we began on it as good as over: a
        // plan promises what it will be.
        let is_locked = self.locked && !note.owes_power_on;
        given.extend([("name", Value::from(&*self.name)), ("locked", Value::from(is_locked))]);
        let is_held = note.owes_power_on && self.status == "off" && base.str("status").is_some();
        given.extend((!is_held).then(|| ("status", Value::from(&*self.status))));
        let mut when = |name, value: Option<Value>| given.extend(value.map(|value| (name, value)));
        if let Some(networks) = &self.networks {
            let v6 = networks.v6.first().map(|network| network.ip_address.to_lowercase());
            when("ipv4_address", Some(text(self.address("public"))));
            when("ipv4_address_private", Some(text(self.address("private"))));
            when("ipv6_address", Some(text(v6.as_deref())));
        }
        when("memory", self.memory.map(Value::from));
        when("vcpus", self.vcpus.map(Value::from));
        when("disk", self.disk.map(Value::from));
        when("created_at", self.created_at.as_deref().map(Value::from));
        when("size", self.size_slug.as_deref().map(Value::from));
        when("region", self.region.as_ref().map(|region| Value::from(&*region.slug)));
        when("vpc_uuid", self.vpc_uuid.as_deref().filter(|uuid| !uuid.is_empty()).map(Value::from));
        when("volume_ids", self.volume_ids.as_ref().map(strings));
        when("tags", self.tags.as_ref().map(|tags| tagging::shown(base, tags)));
        when("price_monthly", self.size.as_ref().map(|size| number(size.price_monthly.as_ref())));
        when("price_hourly", self.size.as_ref().map(|size| number(size.price_hourly.as_ref())));
        if let Some(features) = &self.features {
            let has = |feature: &str| Some(Value::from(features.iter().any(|known| known == feature)));
            when("backups", has("backups"));
            when("ipv6", has("ipv6"));
            when("monitoring", has("monitoring"));
            when("private_networking", has("private_networking").filter(|_| base.bool("private_networking").is_none()));
        }
        let public = base.bool("public_networking").is_none().then(|| Value::from(self.address("public").is_some()));
        when("public_networking", public);
        when("image", self.image.as_ref().and_then(|image| image.seen(base, note)));
        when("backup_policy", policy.and_then(|policy| policy.seen(base)));
        // Switches of ours that an import cannot read.
        when("resize_disk", base.bool("resize_disk").is_none().then_some(Value::Bool(true)));
        when("graceful_shutdown", base.bool("graceful_shutdown").is_none().then_some(Value::Bool(false)));
        SCHEMA.settle(base, given)
    }
}

impl Image {
    /// The image attribute when it is not what `base` says.
    fn seen(&self, base: &Object, note: &mut Note) -> Option<Value> {
        let id = self.id.to_string();
        let known = note.image.replace(self.id);
        let name = self.slug.as_deref().filter(|slug| !slug.is_empty()).unwrap_or(&id);
        match (base.str("image"), known) {
            (Some(asked), _) if asked == name || asked == id => None,
            // Nobody noted which image the slug had meant: believe that it still is that one.
            (Some(_), None) => None,
            (Some(_), Some(known)) if known == self.id => None,
            _ => Some(Value::from(name)),
        }
    }
}

impl Policy {
    /// The block as it is now; what the user left to the vendor stays unsaid.
    fn seen(&self, base: &Object) -> Option<Value> {
        let times = self.backup_policy.as_ref()?;
        let configured = base.get("backup_policy")?.as_elements()?.first()?.as_object();
        let time = |name: &str, value: Value| {
            (name.into(), configured.map_or(value.clone(), |block| said(block, name, value)))
        };
        let block = Value::object([
            time("plan", text(times.plan.as_deref())),
            time("weekday", text(times.weekday.as_deref())),
            time("hour", int(times.hour)),
        ]);
        Some(Value::list(SCHEMA.root().blocks()["backup_policy"].block.implied_type(), vec![block]))
    }
}
