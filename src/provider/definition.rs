//! A vendor: its name, its configuration, its types.

use std::any::Any;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;

use super::Batch;
use super::Bundle;
use super::Catalogue;
use super::Clock;
use super::DataSource;
use super::Http;
use super::PriceList;
use super::Reach;
use super::ResourceType;
use super::Result;
use super::Wanted;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

/// Where credentials come from when the configuration does not give them.
pub trait Credentials: Send + Sync {
    /// The first of these environment variables that is set, and which it was.
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)>;
    /// What the OS keyring holds for a vendor.
    fn keyring(&self, vendor: &str) -> Option<String>;
    /// Asks whoever is there for the passphrase of a private key; `None` when nobody is, or nothing is said. Blocks.
    fn passphrase(&self, key: &str) -> Option<String> {
        let _ = key;
        None
    }
}

/// How a host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<T> {
    /// It is up, and can be reached so.
    Up(T),
    /// It is switched off, or boots: what is on it is still there.
    Down,
    /// There is no such host any more, nor anything that was on it.
    Gone,
}

/// Finds the private root folder that stands for a host, when hosts are simulated.
pub trait HostRoots: Send + Sync {
    /// The root folder and the folder of stand-in programs of the host with an address; an error when that cannot be found
    /// out. This machine is `local`, and what `root` says of it follows a colon.
    fn host_root(&self, address: &str) -> Result<Standing<(PathBuf, PathBuf)>>;
}

/// What the clients of one run share with each other: a pace for one credential, by whatever name it goes.
///
/// Each part is made by whoever asks for it first. Cheap to clone; clones are the same.
#[derive(Clone, Default)]
pub struct Commons {
    parts: Arc<Mutex<BTreeMap<String, Arc<dyn Any + Send + Sync>>>>,
}

impl Commons {
    /// The part of a name and a type, made if there is none.
    pub fn part<T: Send + Sync + 'static>(&self, name: &str, make: impl FnOnce() -> T) -> Arc<T> {
        let mut parts = self.parts.lock().expect("no holder panics");
        let known = parts.get(name).and_then(|part| Arc::clone(part).downcast().ok());
        known.unwrap_or_else(|| {
            let made = Arc::new(make());
            parts.insert(name.to_owned(), Arc::clone(&made) as Arc<dyn Any + Send + Sync>);
            made
        })
    }
}

/// What a provider is configured with beside its block.
pub struct Configure {
    /// What this client shares with others.
    pub commons: Commons,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// HTTP: real, or the simulator in this process.
    pub http: Arc<dyn Http>,
    /// Credentials from outside the configuration.
    pub credentials: Arc<dyn Credentials>,
    /// Set when hosts are simulated.
    pub hosts: Option<Arc<dyn HostRoots>>,
    /// The folder that relative paths start from.
    pub dir: PathBuf,
}

/// One vendor over its client type `C`.
#[async_trait]
pub trait Definition: Send + Sync + 'static {
    /// What calls are made with: connections, tokens, caches.
    type Client: Send + Sync + 'static;

    /// The local name that blocks use: `digitalocean`.
    fn name(&self) -> &'static str;

    /// Where Terraform finds its twin: `registry.terraform.io/digitalocean/digitalocean`.
    fn source(&self) -> &'static str;

    /// The provider block's arguments.
    fn schema(&self) -> Schema {
        Schema::new([])
    }

    /// The resource types.
    fn resources(&self) -> Vec<Box<dyn ResourceType<Self::Client>>>;

    /// The data sources.
    fn data_sources(&self) -> Vec<Box<dyn DataSource<Self::Client>>> {
        Vec::new()
    }

    /// How objects of several types are read at once, where one question can answer for all of a [`super::BatchKey`].
    fn batch(&self) -> Option<Box<dyn Batch<Self::Client>>> {
        None
    }

    /// How bundles are applied, where the vendor has them.
    fn bundle(&self) -> Option<Box<dyn Bundle<Self::Client>>> {
        None
    }

    /// Makes a client; sends no request.
    fn configure(&self, config: &Object, with: Configure) -> Result<Self::Client>;

    /// The environment variable that gives its credential; `None` for vendors that need none.
    fn credential(&self) -> Option<&'static str> {
        None
    }

    /// What the vendor charges, as far as it was known when the program was made.
    fn price_list(&self) -> PriceList {
        PriceList::default()
    }

    /// What the vendor says now that it charges, as far as its interface tells.
    async fn live_prices(&self, client: &Self::Client, cx: &super::Cx) -> Result<PriceList> {
        let _ = (client, cx);
        Ok(PriceList::default())
    }

    /// Whether [`Definition::live_prices`] may have a price under a name, so that asking is worth a request.
    fn has_live_price(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Tells the client's credential, and the address that it is used at, from all others without showing it; `None` for
    /// vendors without accounts.
    fn credential_digest(&self, client: &Self::Client) -> Option<String> {
        let _ = client;
        None
    }

    /// What the vendor says now that it offers, of the lists that something is chosen from; see
    /// [`ResourceType::choices`]. What it does not say, or not to this credential, is left out; a credential that it does
    /// not accept at all is an error.
    async fn catalogue(&self, client: &Self::Client, cx: &super::Cx, wanted: &Wanted) -> Result<Catalogue> {
        let _ = (client, cx, wanted);
        Ok(Catalogue::default())
    }

    /// Which account the client works on: what `state` records as its world. `None` for vendors without accounts.
    async fn account(&self, client: &Self::Client, cx: &super::Cx) -> Result<Option<Value>> {
        let _ = (client, cx);
        Ok(None)
    }

    /// What the client's credential may do, and until when.
    async fn reach(&self, client: &Self::Client, cx: &super::Cx) -> Result<Reach> {
        let _ = (client, cx);
        Ok(Reach::default())
    }
}

/// A vendor with its client's type erased: see [`super::Connection`].
pub struct Provider {
    pub(super) inner: Box<dyn super::connection::Erased>,
}

impl Provider {
    /// Takes in a vendor's definition.
    pub fn new<D: Definition>(definition: D) -> Self {
        Self { inner: super::connection::erase(definition) }
    }
}
