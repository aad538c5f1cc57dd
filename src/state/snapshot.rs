//! All that is remembered at one point of a state's history.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

use super::Declared;
use super::Instance;
use super::KeyEntry;
use super::Object;
use super::ObjectKey;
use super::OpenIntent;
use crate::addr::InstanceAddr;
use crate::value::Str;
use crate::value::Value;

/// All that is remembered at one point of a state's history. Shared and not changed once loaded, except by
/// [`super::fold`] and the edits of this module.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Which history.
    pub lineage: String,
    /// Which point in it; 0 before the first is stored. Storing counts, and only when something has changed.
    pub serial: u64,
    /// The last journal record, or edit, that is in it.
    pub seq: u64,
    /// The accounts that it is about; `None` before the first apply.
    pub world: Option<World>,
    /// The names of what came to be in our hands to be trusted unseen, and has not been met yet: as soon as it has, once,
    /// it is held to what it showed.
    pub unmet: BTreeSet<Str>,
    /// How sealed values are opened.
    pub keys: Vec<KeyEntry>,
    /// What is known of the types of objects, by `acme_vm` or `data.acme_vm` and the schema's version.
    pub types: BTreeMap<(Str, u32), Declared>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Str, Output>,
    /// The instances that have objects.
    pub instances: BTreeMap<InstanceAddr, Instance>,
    /// What was begun and whose end is not known, in the order of beginning.
    pub open: Vec<OpenIntent>,
    /// Sealed values were not opened, for want of the key, and stand here as sensitive nulls: may be listed, not stored.
    pub is_shut: bool,
}

impl Snapshot {
    /// The beginning of a history.
    pub fn new(lineage: impl Into<String>) -> Self {
        Self {
            lineage: lineage.into(),
            serial: 0,
            seq: 0,
            world: None,
            unmet: BTreeSet::new(),
            keys: Vec::new(),
            types: BTreeMap::new(),
            outputs: BTreeMap::new(),
            instances: BTreeMap::new(),
            open: Vec::new(),
            is_shut: false,
        }
    }

    /// The beginning of a new history, named at random.
    pub fn begin() -> Self {
        Self::new(uuid::Uuid::new_v4().to_string())
    }

    /// The lineage in eight lower-case letters and digits, for the marks that vendors keep for us.
    pub fn tag(&self) -> String {
        let digest = Sha256::digest(self.lineage.as_bytes());
        digest[..4].iter().fold(String::with_capacity(8), |mut tag, byte| {
            let _ = write!(tag, "{byte:02x}");
            tag
        })
    }

    /// The current object of an instance.
    pub fn current(&self, instance: &InstanceAddr) -> Option<&Object> {
        self.object(instance, &ObjectKey::Current)
    }

    /// An object of an instance.
    pub fn object(&self, instance: &InstanceAddr, key: &ObjectKey) -> Option<&Object> {
        self.instances.get(instance)?.object(key)
    }

    /// The open intents of an instance.
    pub fn open_of<'a>(&'a self, instance: &'a InstanceAddr) -> impl Iterator<Item = &'a OpenIntent> {
        self.open.iter().filter(move |open| open.instance == *instance)
    }

    /// Whether nothing is managed and nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.outputs.is_empty() && self.open.is_empty()
    }
}

/// A root module's output.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its value; what must not be seen is marked.
    pub value: Value,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
}

/// What the state is about: real accounts by provider, or a simulated world under `sim`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct World {
    /// The account of each provider.
    pub entries: BTreeMap<String, WorldEntry>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorldEntry {
    /// What the vendor calls it; compared.
    pub id: String,
    /// What people call it; shown.
    pub name: String,
    /// Digests of credentials that are known to be of it, the last seen last: with one of them it need not be asked for.
    pub credentials: Vec<String>,
}
