//! Types with the type of their client erased: each method hands on to the vendor's.

use std::sync::OnceLock;

use async_trait::async_trait;
use serde_json::Value as Json;

use super::AnyData;
use super::AnyResource;
use super::Client;
use crate::provider::BatchKey;
use crate::provider::BundleClass;
use crate::provider::Choice;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Effect;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Schema;
use crate::value::Object;

/// Schemas are built when first asked for: a run uses few of the types there are.
pub(super) struct ErasedResource<C> {
    pub(super) inner: Box<dyn ResourceType<C>>,
    schema: OnceLock<Schema>,
}

pub(super) struct ErasedData<C> {
    pub(super) inner: Box<dyn DataSource<C>>,
    schema: OnceLock<Schema>,
}

impl<C> ErasedResource<C> {
    pub(super) fn new(inner: Box<dyn ResourceType<C>>) -> Self {
        Self { inner, schema: OnceLock::new() }
    }
}

impl<C> ErasedData<C> {
    pub(super) fn new(inner: Box<dyn DataSource<C>>) -> Self {
        Self { inner, schema: OnceLock::new() }
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> AnyResource for ErasedResource<C> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| self.inner.schema())
    }

    fn effect(&self) -> Effect {
        self.inner.effect()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        self.inner.validate(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        self.inner.plan(prior, proposed)
    }

    fn refuses(&self, prior: &Object, planned: &Object) -> Vec<Problem> {
        self.inner.refuses(prior, planned)
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        self.inner.choices(prior, planned)
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        self.inner.read_key(prior)
    }

    fn is_read(&self) -> bool {
        self.inner.is_read()
    }

    fn serial_key(&self, planned: &Object) -> Option<String> {
        self.inner.serial_key(planned)
    }

    fn comes_first(&self) -> bool {
        self.inner.comes_first()
    }

    fn succeed(&self, prior: &Object, planned: Object, comes_first: bool, whose: &str) -> Planned {
        self.inner.succeed(prior, planned, comes_first, whose)
    }

    fn spares(&self, object: &Object, ty: &str) -> Vec<String> {
        self.inner.spares(object, ty)
    }

    fn without(&self, object: &Object, planned: &Object, ty: &str, gone: &[&Object]) -> Option<Object> {
        self.inner.without(object, planned, ty, gone)
    }

    fn end_warnings(&self, prior: &Object) -> Vec<Problem> {
        self.inner.end_warnings(prior)
    }

    fn take_over(&self, ty: &str, object: &Object) -> Option<(Object, Json)> {
        self.inner.take_over(ty, object)
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        self.inner.interrupts(prior, planned)
    }

    fn disturbed(&self, prior: &Object, mended: &Object) -> Option<Object> {
        self.inner.disturbed(prior, mended)
    }

    fn brings_files(&self) -> bool {
        self.inner.brings_files()
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        self.inner.side_effect(prior, planned)
    }

    fn adopts(&self) -> bool {
        self.inner.adopts()
    }

    fn bundle(&self) -> Option<BundleClass> {
        self.inner.bundle()
    }

    fn owed(&self, private: &Json) -> Option<String> {
        self.inner.owed(private)
    }

    fn trusts(&self) -> Option<&'static str> {
        self.inner.trusts()
    }

    fn part_of<'o>(&self, object: &'o Object) -> Option<&'o str> {
        self.inner.part_of(object)
    }

    fn keeps(&self, prior: &Object, private: &Json) -> Option<String> {
        self.inner.keeps(prior, private)
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        self.inner.price(object, list)
    }

    fn guards(&self) -> Option<&'static str> {
        self.inner.guards()
    }

    fn marker(&self) -> Marker {
        self.inner.marker()
    }

    fn consistency_window(&self) -> std::time::Duration {
        self.inner.consistency_window()
    }

    fn upgrade(&self, version: u32, object: Json) -> std::result::Result<Json, String> {
        self.inner.upgrade(version, object)
    }

    async fn read_batch(&self, client: &Client, cx: &Cx, key: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        self.inner.read_batch(client.get(), cx, key, items).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        self.inner.before_create(client.get(), cx, planned).await
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        self.inner.create(client.get(), cx, planned).await
    }

    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        self.inner.update(client.get(), cx, prior, planned).await
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        self.inner.delete(client.get(), cx, prior).await
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        self.inner.find(client.get(), cx, intent).await
    }

    async fn unmark(&self, client: &Client, cx: &Cx) {
        self.inner.unmark(client.get(), cx).await;
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        self.inner.import(client.get(), cx, id).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> AnyData for ErasedData<C> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| self.inner.schema())
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        self.inner.validate(config)
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        self.inner.read(client.get(), cx, config).await
    }
}
