//! A volume as the API tells it, and as an object.

use serde::Deserialize;

use super::super::age;
use super::super::marks;
use super::super::tagging;
use super::super::values::ints;
use super::super::values::text;
use super::super::values::text_or_empty;
use super::schema::SCHEMA;
use crate::provider::Cx;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

#[derive(Clone, Deserialize)]
pub(in super::super) struct Wire {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    region: Option<Region>,
    size_gigabytes: Option<i64>,
    description: Option<String>,
    pub(in super::super) droplet_ids: Option<Vec<i64>>,
    tags: Option<Vec<String>>,
    filesystem_type: Option<String>,
    filesystem_label: Option<String>,
    created_at: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Region {
    slug: String,
}

impl Wire {
    /// The volume as an object; `base` is what was known or planned, which stays where the answer says nothing.
    pub(super) fn object(&self, base: &Object) -> Object {
        let mut given = self.attributes(base);
        // Whether somebody formatted it anew does not change what it came with.
        for (name, answered) in
            [("initial_filesystem_type", &self.filesystem_type), ("initial_filesystem_label", &self.filesystem_label)]
        {
            given.extend(base.str(name).is_none().then(|| (name, text(answered.as_deref()))));
        }
        SCHEMA.settle(base, given)
    }

    /// What the resource and the data source have in common.
    pub(in super::super) fn attributes(&self, base: &Object) -> Vec<(&'static str, Value)> {
        let mut given = vec![
            ("id", Value::from(&*self.id)),
            ("urn", Value::from(format!("do:volume:{}", self.id))),
            ("name", Value::from(&*self.name)),
            ("droplet_ids", ints(self.droplet_ids.iter().flatten().copied())),
            ("tags", tagging::shown(base, self.tags.as_deref().unwrap_or_default())),
        ];
        let said = self.description.as_deref();
        given.extend(said.map(|said| ("description", text_or_empty(base, "description", Some(said)))));
        for (name, said) in [("filesystem_type", &self.filesystem_type), ("filesystem_label", &self.filesystem_label)] {
            given.extend(said.as_deref().map(|said| (name, text(Some(said)))));
        }
        given.extend(self.size_gigabytes.map(|size| ("size", Value::from(size))));
        given.extend(self.region.as_ref().map(|region| ("region", Value::from(&*region.slug))));
        given
    }

    pub(super) fn size(&self) -> Option<i64> {
        self.size_gigabytes
    }

    /// Whether it is attached to a droplet.
    pub(in super::super) fn is_on(&self, droplet: i64) -> bool {
        self.droplet_ids.iter().flatten().any(|id| *id == droplet)
    }

    /// Whether it may be the one that a create of this state made since a time.
    pub(super) fn is_ours(&self, cx: &Cx, since: jiff::Timestamp) -> bool {
        let lineage = marks::lineage(cx);
        let is_marked = self.tags.iter().flatten().any(|tag| tag.eq_ignore_ascii_case(&lineage));
        is_marked && age::is_since(self.created_at.as_deref(), since)
    }
}
