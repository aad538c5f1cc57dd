//! The configurations of database engines: `digitalocean_database_postgresql_config`, `…_mysql_config`,
//! `…_valkey_config` and `…_redis_config`.
//!
//! A configuration is its cluster's and always there. A resource of these types sets some of it and leaves the rest; its
//! deletion forgets it, and changes nothing at the vendor. What differs from engine to engine is a [`Kind`]: a table of
//! [`Setting`]s.

mod cache;
mod mysql;
mod postgresql;
mod setting;

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::listing;
use super::values::differs;
use super::values::only_block;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

use setting::Setting;

/// A cluster under maintenance, or in its first backup, says "later" for as long.
const PATIENCE: Duration = Duration::from_secs(1800);

/// The configuration of one engine.
struct Kind {
    ty: &'static str,
    /// How an id ends; before it stands the cluster's.
    suffix: &'static str,
    /// How the engine's names may begin, the likeliest first; none where they have no common beginning.
    families: &'static [Family],
    settings: &'static [Setting],
    /// Settings that stand in a block of their own.
    groups: &'static [(&'static str, &'static [Setting])],
}

/// How an engine spells the names of its settings, and the words that these take.
struct Family {
    prefix: &'static str,
    separator: &'static str,
}

const PLAIN: Family = Family { prefix: "", separator: "_" };

/// A configuration, found again by its cluster.
pub(super) struct DatabaseConfig {
    kind: &'static Kind,
    schema: Schema,
}

impl DatabaseConfig {
    pub(super) fn postgresql() -> Self {
        Self::new(&postgresql::KIND)
    }

    pub(super) fn mysql() -> Self {
        Self::new(&mysql::KIND)
    }

    pub(super) fn valkey() -> Self {
        Self::new(&cache::VALKEY)
    }

    pub(super) fn redis() -> Self {
        Self::new(&cache::REDIS)
    }

    fn new(kind: &'static Kind) -> Self {
        let attributes = |settings: &'static [Setting]| settings.iter().map(|it| (it.name, it.attribute()));
        let own = [("id", string().computed()), ("cluster_id", string().required().replaces())];
        let schema = Schema::new(own.into_iter().chain(attributes(kind.settings)));
        let schema = kind.groups.iter().fold(schema, |schema, (name, settings)| {
            let group = NestedBlock::new(Nesting::List, Block::new(attributes(settings)));
            schema.block(name, group.max(1).computed())
        });
        Self { kind, schema }
    }

    /// The configuration as an object; `base` is what was known or planned, which stays where the answer says nothing.
    fn object(&self, base: &Object, cluster: &str, told: &Map<String, Json>) -> Object {
        let family = self.kind.family(told);
        let id = format!("{cluster}/{}", self.kind.suffix);
        let own = [("id", Value::from(id)), ("cluster_id", Value::from(cluster))];
        let settings = self.kind.settings.iter().filter_map(|setting| {
            let told = told.get(&family.key(setting))?;
            Some((setting.name, setting.value(told)))
        });
        let groups = self.kind.groups.iter().filter_map(|(name, settings)| {
            let told = told.get(*name)?.as_object()?;
            let known = only_block(base, name);
            let values = settings.iter().map(|setting| {
                let known = || known.and_then(|known| known.get(setting.name)).filter(|known| known.is_wholly_known());
                let told = told.get(setting.stem).map(|told| setting.value(told));
                let value = told.or_else(|| known().cloned()).unwrap_or_else(|| setting.value(&Json::Null));
                (setting.name.into(), value)
            });
            let element = self.schema.root().blocks()[*name].block.implied_type();
            Some((*name, Value::list(element, vec![Value::object(values)])))
        });
        self.schema.settle(base, own.into_iter().chain(settings).chain(groups))
    }

    /// What is configured and not as it was before, as a body has it.
    fn body(&self, family: &Family, prior: Option<&Object>, planned: &Object) -> Map<String, Json> {
        let is_new = |name| prior.is_none_or(|prior| differs(&self.schema, prior, planned, name));
        let settings =
            self.kind.settings.iter().filter(|setting| is_new(setting.name)).filter_map(|setting| {
                Some((family.key(setting), setting.body(set(planned, setting)?, family.separator)))
            });
        let groups = self.kind.groups.iter().filter(|(name, _)| is_new(name)).filter_map(|(name, settings)| {
            let group = only_block(planned, name)?;
            let settings = settings.iter().filter_map(|setting| {
                Some((setting.stem.to_owned(), setting.body(set(group, setting)?, family.separator)))
            });
            Some(((*name).to_owned(), Json::Object(settings.collect())))
        });
        settings.chain(groups).collect()
    }

    async fn set(&self, api: &Api<'_>, prior: Option<&Object>, planned: &Object) -> Result<Object> {
        let cluster = cluster(planned);
        // Which engine runs is seen by the names of its settings, and only matters where there is a choice.
        let family = match self.kind.families {
            [] => &PLAIN,
            _ => self.kind.family(&sure(api, cluster).await?),
        };
        let body = self.body(family, prior, planned);
        if !body.is_empty() {
            api.patch(&path(cluster), &json!({"config": body})).patience(PATIENCE).done().await?;
        }
        Ok(self.object(planned, cluster, &sure(api, cluster).await?))
    }
}

impl Kind {
    /// The family whose names an answer has.
    fn family(&self, told: &Map<String, Json>) -> &'static Family {
        let has = |family: &&Family| told.keys().any(|key| key.starts_with(family.prefix));
        self.families.iter().find(has).or(self.families.first()).unwrap_or(&PLAIN)
    }
}

impl Family {
    fn key(&self, setting: &Setting) -> String {
        let prefix = if setting.is_bare { "" } else { self.prefix };
        format!("{prefix}{}", setting.stem)
    }
}

#[async_trait]
impl ResourceType<Rest> for DatabaseConfig {
    fn name(&self) -> &'static str {
        self.kind.ty
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let problem = |path: Path, detail| Problem { path, summary: "Invalid setting".to_owned(), detail };
        let own = self.kind.settings.iter().filter_map(|setting| {
            let detail = setting.problem(set(config, setting)?)?;
            Some(problem(Path::of(setting.name), detail))
        });
        let grouped = self.kind.groups.iter().flat_map(|(name, settings)| {
            let group = only_block(config, name);
            settings.iter().filter_map(move |setting| {
                let detail = setting.problem(set(group?, setting)?)?;
                Some(problem(Path::of(*name).index(0).attr(setting.name), detail))
            })
        });
        own.chain(grouped).collect()
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("database_config/{}", prior.str("cluster_id")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let cluster = cluster(prior);
        let api = client.on(cx, format!("reading the configuration of the database cluster {cluster}"));
        let told: Option<Map<String, Json>> = api.get(&path(cluster)).optional("config").await?;
        Ok(told.map(|told| self.object(prior, cluster, &told)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        join_all(items.iter().map(async |item| {
            let read = self.read(client, cx, &item.prior).await;
            listing::seen(read.map(|object| object.map(Read::Present)))
        }))
        .await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("setting the configuration of the database cluster {}", cluster(planned)));
        self.set(&api, None, planned).await
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the configuration of the database cluster {}", cluster(planned)));
        self.set(&api, Some(prior), planned).await
    }

    /// There is no way back to what the vendor would have chosen, so nothing is changed.
    async fn delete(&self, _: &Rest, _: &Cx, _: &Object) -> Result<()> {
        Ok(())
    }

    /// Setting it twice is the same as once, so only what is there counts.
    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let Some(found) = self.read(client, cx, &intent.planned).await? else {
            return Ok(Found::Absent);
        };
        let names = self.schema.shape().names().iter().filter(|name| !matches!(&***name, "id" | "cluster_id"));
        let mut configured = names.filter(|name| intent.planned.get(name).is_some_and(Value::is_wholly_known));
        let is_it = configured.all(|name| !differs(&self.schema, &intent.planned, &found, name));
        Ok(if is_it { Found::One(found) } else { Found::Absent })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        self.read(client, cx, &self.schema.object([("cluster_id", Value::from(id))])).await
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        let restarts = self.kind.settings.iter().filter(|setting| setting.restarts);
        restarts.map(|setting| setting.name).any(|name| differs(&self.schema, prior, planned, name))
    }

    fn end_warnings(&self, prior: &Object) -> Vec<Problem> {
        let detail = format!(
            "The database cluster {} keeps the settings that it has: the vendor knows no way back to those that it came \
             with. They are only no longer looked after.",
            cluster(prior)
        );
        vec![Problem { path: Path::root(), summary: "Configuration stays in force".to_owned(), detail }]
    }
}

fn cluster(object: &Object) -> &str {
    object.str("cluster_id").unwrap_or_default()
}

fn path(cluster: &str) -> String {
    format!("/v2/databases/{}/config", segment(cluster))
}

/// The value that a setting has, zero and false included, where it has one.
fn set<'a>(object: &'a Object, setting: &Setting) -> Option<&'a Value> {
    object.get(setting.name).filter(|value| value.is_wholly_known() && !value.is_null())
}

async fn sure(api: &Api<'_>, cluster: &str) -> Result<Map<String, Json>> {
    let gone = || ProviderError::refused(api.doing(), "the database cluster went away meanwhile");
    api.get(&path(cluster)).optional("config").await?.ok_or_else(gone)
}
