//! Vendors with the type of their client erased, as the engine sees them.

mod erased;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;

use async_trait::async_trait;
use erased::ErasedData;
use erased::ErasedResource;
use serde_json::Value as Json;

use super::Batch;
use super::BatchItem;
use super::BatchKey;
use super::Bundle;
use super::BundleClass;
use super::Catalogue;
use super::Choice;
use super::Configure;
use super::Cx;
use super::Definition;
use super::Effect;
use super::Found;
use super::Intent;
use super::Marker;
use super::Member;
use super::MemberEnd;
use super::Planned;
use super::Price;
use super::PriceList;
use super::Problem;
use super::Provider;
use super::ProviderError;
use super::Reach;
use super::Read;
use super::ReadItem;
use super::Result;
use super::Wanted;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

/// A vendor's client, its type erased.
#[derive(Clone)]
pub struct Client(Arc<dyn Any + Send + Sync>);

/// A vendor with its types by name.
pub(super) trait Erased: Send + Sync {
    fn name(&self) -> &'static str;
    fn source(&self) -> &'static str;
    fn credential(&self) -> Option<&'static str>;
    fn schema(&self) -> &Schema;
    fn resource(&self, ty: &str) -> Option<Arc<dyn AnyResource>>;
    fn data(&self, ty: &str) -> Option<Arc<dyn AnyData>>;
    fn resource_names(&self) -> Vec<&'static str>;
    fn data_names(&self) -> Vec<&'static str>;
    fn configure(&self, config: &Object, with: Configure) -> Result<Client>;
    fn connection(&self) -> Arc<dyn Connection>;
}

/// The calls on a configured vendor as a whole.
#[async_trait]
pub trait Connection: Send + Sync {
    /// Tells the client's credential from all others without showing it.
    fn credential_digest(&self, client: &Client) -> Option<String>;
    /// Which account the client works on.
    async fn account(&self, client: &Client, cx: &Cx) -> Result<Option<Value>>;
    /// What the client's credential may do, and until when.
    async fn reach(&self, client: &Client, cx: &Cx) -> Result<Reach>;
    /// The list of prices that comes with the program.
    fn price_list(&self) -> PriceList;
    /// Whether the vendor may say a price under a name.
    fn has_live_price(&self, name: &str) -> bool;
    /// Prices as the vendor says them now.
    async fn live_prices(&self, client: &Client, cx: &Cx) -> Result<PriceList>;
    /// What the vendor says now that it offers.
    async fn catalogue(&self, client: &Client, cx: &Cx, wanted: &Wanted) -> Result<Catalogue>;
    /// Reads the objects of one key, whatever their types; one answer an item, in order. Types that cannot be asked
    /// together are asked one after another.
    async fn read_batch(&self, client: &Client, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Vec<Result<Read>>;
    /// Applies a bundle: see [`Bundle::apply`].
    async fn apply_bundle(&self, client: &Client, cx: &Cx, members: &[Member]) -> Result<Vec<MemberEnd>>;
    /// Reads a bundle's receipt: see [`Bundle::receipt`].
    async fn receipt(&self, client: &Client, cx: &Cx, op: &str, members: &[Member]) -> Result<Option<Vec<MemberEnd>>>;
}

/// A resource type, its client's type erased; each method is [`super::ResourceType`]'s.
#[async_trait]
#[expect(missing_docs, reason = "each method is documented at `ResourceType`")]
pub trait AnyResource: Send + Sync {
    fn name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn effect(&self) -> Effect;
    fn validate(&self, config: &Object) -> Vec<Problem>;
    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned;
    fn refuses(&self, prior: &Object, planned: &Object) -> Vec<Problem>;
    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice>;
    fn read_key(&self, prior: &Object) -> Option<BatchKey>;
    fn is_read(&self) -> bool;
    fn serial_key(&self, planned: &Object) -> Option<String>;
    fn comes_first(&self) -> bool;
    fn succeed(&self, prior: &Object, planned: Object, comes_first: bool, whose: &str) -> Planned;
    fn spares(&self, object: &Object, ty: &str) -> Vec<String>;
    fn without(&self, object: &Object, planned: &Object, ty: &str, gone: &[&Object]) -> Option<Object>;
    fn interrupts(&self, prior: &Object, planned: &Object) -> bool;
    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object>;
    fn brings_files(&self) -> bool;
    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str>;
    fn end_warnings(&self, prior: &Object) -> Vec<Problem>;
    fn take_over(&self, ty: &str, object: &Object) -> Option<(Object, Json)>;
    fn adopts(&self) -> bool;
    fn bundle(&self) -> Option<BundleClass>;
    fn owed(&self, private: &Json) -> Option<String>;
    fn trusts(&self) -> Option<&'static str>;
    fn part_of<'o>(&self, object: &'o Object) -> Option<&'o str>;
    fn keeps(&self, prior: &Object, private: &Json) -> Option<String>;
    fn price(&self, object: &Object, list: &PriceList) -> Price;
    fn guards(&self) -> Option<&'static str>;
    fn marker(&self) -> Marker;
    fn consistency_window(&self) -> std::time::Duration;
    fn upgrade(&self, version: u32, object: Json) -> std::result::Result<Json, String>;
    async fn read_batch(&self, client: &Client, cx: &Cx, key: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>>;
    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json>;
    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object>;
    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object>;
    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()>;
    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found>;
    async fn unmark(&self, client: &Client, cx: &Cx);
    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>>;
}

/// A data source, its client's type erased; each method is [`super::DataSource`]'s.
#[async_trait]
#[expect(missing_docs, reason = "each method is documented at `DataSource`")]
pub trait AnyData: Send + Sync {
    fn name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn validate(&self, config: &Object) -> Vec<Problem>;
    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object>;
}

impl Provider {
    /// The local name that blocks use.
    pub fn name(&self) -> &'static str {
        self.inner.name()
    }

    /// Where Terraform finds its twin.
    pub fn source(&self) -> &'static str {
        self.inner.source()
    }

    /// The environment variable that gives its credential; `None` for vendors that need none.
    pub fn credential(&self) -> Option<&'static str> {
        self.inner.credential()
    }

    /// The provider block's arguments.
    pub fn schema(&self) -> &Schema {
        self.inner.schema()
    }

    /// A resource type by name.
    pub fn resource(&self, ty: &str) -> Option<Arc<dyn AnyResource>> {
        self.inner.resource(ty)
    }

    /// A data source by name.
    pub fn data(&self, ty: &str) -> Option<Arc<dyn AnyData>> {
        self.inner.data(ty)
    }

    /// The names of the resource types, sorted.
    pub fn resource_names(&self) -> Vec<&'static str> {
        self.inner.resource_names()
    }

    /// The names of the data sources, sorted.
    pub fn data_names(&self) -> Vec<&'static str> {
        self.inner.data_names()
    }

    /// Makes a client; sends no request.
    pub fn configure(&self, config: &Object, with: Configure) -> Result<Client> {
        self.inner.configure(config, with)
    }

    /// The calls on the vendor as a whole.
    pub fn connection(&self) -> Arc<dyn Connection> {
        self.inner.connection()
    }
}

pub(super) fn erase<D: Definition>(definition: D) -> Box<dyn Erased> {
    let resources = definition.resources().into_iter().map(|ty| {
        let ty = ErasedResource::new(ty);
        (ty.inner.name(), Arc::new(ty))
    });
    let data = definition.data_sources().into_iter().map(|source| {
        let source = ErasedData::new(source);
        (source.inner.name(), Arc::new(source))
    });
    let resources = resources.collect();
    Box::new(ErasedProvider {
        data: data.collect(),
        schema: OnceLock::new(),
        shared: Arc::new(ErasedConnection {
            resources,
            batch: definition.batch(),
            bundle: definition.bundle(),
            definition,
        }),
    })
}

struct ErasedProvider<D: Definition> {
    data: BTreeMap<&'static str, Arc<ErasedData<D::Client>>>,
    schema: OnceLock<Schema>,
    shared: Arc<ErasedConnection<D>>,
}

struct ErasedConnection<D: Definition> {
    definition: D,
    resources: BTreeMap<&'static str, Arc<ErasedResource<D::Client>>>,
    batch: Option<Box<dyn Batch<D::Client>>>,
    bundle: Option<Box<dyn Bundle<D::Client>>>,
}

impl Client {
    fn get<C: 'static>(&self) -> &C {
        self.0.downcast_ref().expect("a client is used with the vendor that made it")
    }
}

impl<D: Definition> Erased for ErasedProvider<D> {
    fn name(&self) -> &'static str {
        self.shared.definition.name()
    }

    fn source(&self) -> &'static str {
        self.shared.definition.source()
    }

    fn credential(&self) -> Option<&'static str> {
        self.shared.definition.credential()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| self.shared.definition.schema())
    }

    fn resource(&self, ty: &str) -> Option<Arc<dyn AnyResource>> {
        self.shared.resources.get(ty).map(|ty| Arc::clone(ty) as Arc<dyn AnyResource>)
    }

    fn data(&self, ty: &str) -> Option<Arc<dyn AnyData>> {
        self.data.get(ty).map(|source| Arc::clone(source) as Arc<dyn AnyData>)
    }

    fn resource_names(&self) -> Vec<&'static str> {
        self.shared.resources.keys().copied().collect()
    }

    fn data_names(&self) -> Vec<&'static str> {
        self.data.keys().copied().collect()
    }

    fn configure(&self, config: &Object, with: Configure) -> Result<Client> {
        Ok(Client(Arc::new(self.shared.definition.configure(config, with)?)))
    }

    fn connection(&self) -> Arc<dyn Connection> {
        Arc::clone(&self.shared) as Arc<dyn Connection>
    }
}

impl<D: Definition> ErasedConnection<D> {
    /// What is said of a type of somebody else's: a state can name any provider for any object.
    fn stranger(&self, ty: &str) -> ProviderError {
        let problem = format!("the provider {} does not support resource type \"{ty}\"", self.definition.name());
        ProviderError::refused("finding the type", problem)
    }

    /// How bundles are applied, when all members are of this vendor's types.
    fn bundled(&self, members: &[Member]) -> Result<&dyn Bundle<D::Client>> {
        let stranger = members.iter().find(|member| !self.resources.contains_key(member.ty));
        match (&self.bundle, stranger.or(members.first())) {
            (Some(bundle), _) if stranger.is_none() => Ok(&**bundle),
            (_, Some(member)) => Err(self.stranger(member.ty)),
            (_, None) => Err(self.stranger("")),
        }
    }
}

#[async_trait]
impl<D: Definition> Connection for ErasedConnection<D> {
    fn credential_digest(&self, client: &Client) -> Option<String> {
        self.definition.credential_digest(client.get())
    }

    async fn account(&self, client: &Client, cx: &Cx) -> Result<Option<Value>> {
        self.definition.account(client.get(), cx).await
    }

    async fn reach(&self, client: &Client, cx: &Cx) -> Result<Reach> {
        self.definition.reach(client.get(), cx).await
    }

    fn price_list(&self) -> PriceList {
        self.definition.price_list()
    }

    fn has_live_price(&self, name: &str) -> bool {
        self.definition.has_live_price(name)
    }

    async fn live_prices(&self, client: &Client, cx: &Cx) -> Result<PriceList> {
        self.definition.live_prices(client.get(), cx).await
    }

    async fn catalogue(&self, client: &Client, cx: &Cx, wanted: &Wanted) -> Result<Catalogue> {
        self.definition.catalogue(client.get(), cx, wanted).await
    }

    async fn read_batch(&self, client: &Client, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Vec<Result<Read>> {
        if let Some(batch) = &self.batch {
            return batch.read(client.get(), cx, key, items).await;
        }
        let mut by_type: BTreeMap<&str, Vec<(usize, ReadItem)>> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            by_type.entry(&item.ty).or_default().push((at, item.item.clone()));
        }
        let mut reads = Vec::with_capacity(items.len());
        for (ty, group) in by_type {
            let (places, group): (Vec<usize>, Vec<ReadItem>) = group.into_iter().unzip();
            match self.resources.get(ty) {
                Some(resource) => {
                    let answers = resource.inner.read_batch(client.get(), cx, key, &group).await;
                    reads.extend(places.into_iter().zip(answers));
                }
                None => reads.extend(places.into_iter().map(|at| (at, Err(self.stranger(ty))))),
            }
        }
        reads.sort_by_key(|(at, _)| *at);
        reads.into_iter().map(|(_, read)| read).collect()
    }

    async fn apply_bundle(&self, client: &Client, cx: &Cx, members: &[Member]) -> Result<Vec<MemberEnd>> {
        self.bundled(members)?.apply(client.get(), cx, members).await
    }

    async fn receipt(&self, client: &Client, cx: &Cx, op: &str, members: &[Member]) -> Result<Option<Vec<MemberEnd>>> {
        self.bundled(members)?.receipt(client.get(), cx, op, members).await
    }
}

#[cfg(test)]
mod tests;
