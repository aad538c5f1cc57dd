//! Our record of remote things: instances and their objects.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::value;
use crate::value::Str;

/// What is recorded of one instance. An instance without any object is not kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Instance {
    /// The object that the address stands for.
    pub current: Option<Object>,
    /// Objects that were replaced and still have to be deleted.
    pub deposed: BTreeMap<DeposedKey, Object>,
}

impl Instance {
    /// One of the instance's objects.
    pub fn object(&self, key: &ObjectKey) -> Option<&Object> {
        match key {
            ObjectKey::Current => self.current.as_ref(),
            ObjectKey::Deposed(key) => self.deposed.get(key),
        }
    }

    /// All objects: the current one first.
    pub fn objects(&self) -> impl Iterator<Item = (ObjectKey, &Object)> {
        let deposed = self.deposed.iter().map(|(key, object)| (ObjectKey::Deposed(key.clone()), object));
        self.current.iter().map(|object| (ObjectKey::Current, object)).chain(deposed)
    }

    /// Whether no object is left.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }
}

/// Which object of an instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ObjectKey {
    /// The one that the address stands for.
    #[default]
    Current,
    /// One that was replaced.
    Deposed(DeposedKey),
}

/// Tells the replaced objects of one instance apart: eight hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeposedKey(Str);

/// The text is not eight hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the key of a deposed object: eight hexadecimal digits are required")]
pub struct ParseDeposedKeyError(String);

impl DeposedKey {
    /// The key of a number; the planner draws it.
    pub fn new(number: u32) -> Self {
        Self(format!("{number:08x}").into())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DeposedKey {
    type Err = ParseDeposedKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 8 && text.bytes().all(is_digit) {
            Ok(Self(text.into()))
        } else {
            Err(ParseDeposedKeyError(text.to_owned()))
        }
    }
}

/// One remote thing as we last knew it.
#[derive(Clone, PartialEq)]
pub struct Object {
    /// The configured provider that looks after it.
    pub provider: ProviderAddr,
    /// The version of the schema that `attributes` follow.
    pub schema_version: u32,
    /// All attributes; what must not be seen is marked sensitive.
    pub attributes: Arc<value::Object>,
    /// The provider's own note; never shown.
    pub private: Json,
    /// The resources that it refers to directly, sorted; shared by the instances of a resource.
    pub dependencies: Arc<[ResourceAddr]>,
    /// Whether its replacement is made before it is deleted.
    pub create_before_destroy: bool,
    /// Whether it must be replaced.
    pub tainted: bool,
    /// The journal record, or the edit, that last changed it. Folding sets it; the caller need not.
    pub version: u64,
}

impl Object {
    /// Whether the other differs in nothing but the version.
    pub fn is_same(&self, other: &Object) -> bool {
        self.provider == other.provider
            && self.schema_version == other.schema_version
            && self.tainted == other.tainted
            && self.create_before_destroy == other.create_before_destroy
            && (Arc::ptr_eq(&self.dependencies, &other.dependencies) || self.dependencies == other.dependencies)
            && self.private == other.private
            && (Arc::ptr_eq(&self.attributes, &other.attributes) || self.attributes == other.attributes)
    }
}

/// Leaves out the provider's note, which may hold what must not be seen.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dependencies: Vec<String> = self.dependencies.iter().map(ToString::to_string).collect();
        f.debug_struct("Object")
            .field("provider", &format_args!("{}", self.provider))
            .field("schema_version", &self.schema_version)
            .field("attributes", &value::Value::Object(Arc::clone(&self.attributes)))
            .field("dependencies", &dependencies)
            .field("create_before_destroy", &self.create_before_destroy)
            .field("tainted", &self.tainted)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
