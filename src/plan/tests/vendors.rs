//! Two vendors that are only schemas: what a planner needs of one. No client of theirs is ever called.

use std::cell::Cell;

use async_trait::async_trait;

use crate::plan::Registry;
use crate::provider::BatchKey;
use crate::provider::BundleClass;
use crate::provider::Configure;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Definition;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Provider;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::map;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// `acme`, which has an API, and `host`, whose resources are applied in bundles.
pub(super) fn registry() -> Registry {
    Registry::new(vec![Provider::new(Vendor("acme")), Provider::new(Vendor("host"))])
}

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// How often any object of this thread's was asked for what it can spare.
pub(super) fn asked() -> usize {
    ASKED.get()
}

struct Vendor(&'static str);

/// A type by its name.
struct Kind(&'static str);

impl Definition for Vendor {
    type Client = ();

    fn name(&self) -> &'static str {
        self.0
    }

    fn source(&self) -> &'static str {
        self.0
    }

    fn schema(&self) -> Schema {
        Schema::new([("token", string())])
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<()>>> {
        let names: &[&'static str] = match self.0 {
            "acme" => &["acme_net", "acme_vm"],
            _ => &["host_directory", "host_file"],
        };
        names.iter().map(|name| Box::new(Kind(name)) as Box<dyn ResourceType<()>>).collect()
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<()>>> {
        if self.0 == "acme" { vec![Box::new(Kind("acme_zone"))] } else { Vec::new() }
    }

    fn configure(&self, _: &Object, _: Configure) -> Result<()> {
        Ok(())
    }
}

fn uncalled() -> ProviderError {
    ProviderError::refused("planning", "a planner calls nobody")
}

#[async_trait]
impl ResourceType<()> for Kind {
    fn name(&self) -> &'static str {
        self.0
    }

    fn schema(&self) -> Schema {
        match self.0 {
            "acme_net" => Schema::new([("name", string()), ("cidr", string().replaces()), ("id", string().computed())]),
            "acme_vm" => Schema::new([
                ("name", string()),
                ("image", string().replaces()),
                ("size", number()),
                ("net", string()),
                ("tags", map(Type::STRING)),
                ("id", string().computed()),
            ]),
            _ => Schema::new([
                ("host", string().required().replaces()),
                ("path", string().required().replaces()),
                ("content", string()),
                ("id", string().computed()),
            ]),
        }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        let host = prior.get("host").and_then(|host| host.as_str());
        host.map(|host| BatchKey(host.to_owned()))
    }

    /// A machine names networks in its tags, and can do without.
    fn spares(&self, object: &Object, ty: &str) -> Vec<String> {
        ASKED.set(ASKED.get() + 1);
        let tags = object.get("tags").filter(|_| self.0 == "acme_vm" && ty == "acme_net");
        let tags = tags.and_then(Value::as_entries).unwrap_or_default();
        tags.into_iter().filter_map(|(_, value)| Some(value.as_str()?.to_owned())).collect()
    }

    /// A machine of another size is down for a while.
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        prior.get("size") != planned.get("size")
    }

    fn bundle(&self) -> Option<BundleClass> {
        match self.0 {
            "host_directory" => Some(BundleClass::Prepare),
            "host_file" => Some(BundleClass::Transaction),
            _ => None,
        }
    }

    async fn read(&self, (): &(), _: &Cx, _: &Object) -> Result<Option<Object>> {
        Err(uncalled())
    }

    async fn create(&self, (): &(), _: &Cx, _: &Object) -> Result<Object> {
        Err(uncalled())
    }

    async fn delete(&self, (): &(), _: &Cx, _: &Object) -> Result<()> {
        Err(uncalled())
    }

    async fn find(&self, (): &(), _: &Cx, _: &Intent) -> Result<Found> {
        Err(uncalled())
    }

    async fn import(&self, (): &(), _: &Cx, _: &str) -> Result<Option<Object>> {
        Err(uncalled())
    }
}

#[async_trait]
impl DataSource<()> for Kind {
    fn name(&self) -> &'static str {
        self.0
    }

    fn schema(&self) -> Schema {
        Schema::new([("name", string().required()), ("id", string().computed())])
    }

    async fn read(&self, (): &(), _: &Cx, _: &Object) -> Result<Object> {
        Err(uncalled())
    }
}
