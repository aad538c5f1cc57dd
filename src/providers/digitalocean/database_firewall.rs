//! `digitalocean_database_firewall`: who may connect to a database cluster or a replica.
//!
//! The list is the cluster's and always there; the firewall is all of it. No rule at all is no firewall: then everybody
//! may connect, which is how a cluster comes, and how the deletion of its firewall leaves it.

use std::sync::LazyLock;

use async_trait::async_trait;
use futures::future::join_all;

use super::database_trust;
use super::database_trust::Rule;
use super::listing;
use crate::net::rest::Rest;
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
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A firewall, found again by its cluster.
pub(super) struct DatabaseFirewall;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([("id", string().computed()), ("cluster_id", string().required().replaces())])
        .block("rule", database_trust::block().min(1))
});

fn object(base: &Object, cluster: &str, rules: &[Rule]) -> Object {
    let known = database_trust::configured(base);
    let shown = database_trust::value(rules.iter().map(|rule| rule.object(&known)));
    SCHEMA.settle(base, [("id", Value::from(cluster)), ("cluster_id", Value::from(cluster)), ("rule", shown)])
}

fn cluster(object: &Object) -> &str {
    object.str("cluster_id").unwrap_or_default()
}

#[async_trait]
impl ResourceType<Rest> for DatabaseFirewall {
    fn name(&self) -> &'static str {
        "digitalocean_database_firewall"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        database_trust::problems(config)
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("database_firewall/{}", prior.str("cluster_id")?)))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let cluster = cluster(prior);
        let api = client.on(cx, format!("reading the firewall of the database cluster {cluster}"));
        let rules = database_trust::read(&api, cluster).await?.filter(|rules| !rules.is_empty());
        Ok(rules.map(|rules| object(prior, cluster, &rules)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        join_all(items.iter().map(async |item| {
            let read = self.read(client, cx, &item.prior).await;
            listing::seen(read.map(|object| object.map(Read::Present)))
        }))
        .await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        set(client, cx, planned, "setting").await
    }

    async fn update(&self, client: &Rest, cx: &Cx, _: &Object, planned: &Object) -> Result<Object> {
        set(client, cx, planned, "changing").await
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let cluster = cluster(prior);
        let api = client.on(cx, format!("removing the firewall of the database cluster {cluster}"));
        match database_trust::replace(&api, cluster, &[]).await {
            // It went with its cluster.
            Err(ProviderError::Refused { code: Some(404), .. }) => Ok(()),
            end => end,
        }
    }

    /// Setting the list twice is the same as once, so only what is there counts.
    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let cluster = cluster(&intent.planned);
        let api = client.on(cx, format!("looking for the firewall of the database cluster {cluster}"));
        let rules = database_trust::read(&api, cluster).await?.unwrap_or_default();
        let wanted = database_trust::configured(&intent.planned);
        let is_it =
            rules.len() == wanted.len() && rules.iter().all(|rule| wanted.iter().any(|it| rule.is_meant_by(it)));
        Ok(if is_it { Found::One(object(&intent.planned, cluster, &rules)) } else { Found::Absent })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        self.read(client, cx, &SCHEMA.object([("cluster_id", Value::from(id))])).await
    }

    /// Whoever sets the list sets all of it.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        Some(format!("digitalocean_database_cluster/{}/firewall", planned.str("cluster_id")?))
    }

    fn end_warnings(&self, prior: &Object) -> Vec<Problem> {
        let detail = format!(
            "Without trusted sources, the database cluster {} takes connections from everywhere, whoever has its \
             password. To let nobody in but some, keep the firewall with a rule for them.",
            cluster(prior)
        );
        vec![Problem { path: Path::root(), summary: "Database open to everyone".to_owned(), detail }]
    }
}

async fn set(client: &Rest, cx: &Cx, planned: &Object, verb: &str) -> Result<Object> {
    let cluster = cluster(planned);
    let api = client.on(cx, format!("{verb} the firewall of the database cluster {cluster}"));
    let wanted: Vec<_> = database_trust::configured(planned).into_iter().map(database_trust::body).collect();
    database_trust::replace(&api, cluster, &wanted).await?;
    let gone = || ProviderError::refused(api.doing(), "the database cluster went away meanwhile");
    let rules = database_trust::read(&api, cluster).await?.ok_or_else(gone)?;
    Ok(object(planned, cluster, &rules))
}
