//! Reading what belongs to one project: whatever the types, each list is asked for once.

use async_trait::async_trait;
use futures::future::join_all;

use super::branch;
use super::client::Client;
use super::database;
use super::endpoint;
use super::permission;
use super::project;
use super::role;
use super::sight::Sight;
use super::sight::seen;
use crate::provider::Batch;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;
use crate::value::Object;

const KEY: &str = "project/";

/// The key of all that is read with a project.
pub(super) fn key(project: Option<&str>) -> Option<BatchKey> {
    project.filter(|project| !project.is_empty()).map(|project| BatchKey(format!("{KEY}{project}")))
}

/// Reads the objects of one project together.
pub(super) struct OfProject;

#[async_trait]
impl Batch<Client> for OfProject {
    async fn read(&self, client: &Client, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Vec<Result<Read>> {
        let project = key.0.strip_prefix(KEY).unwrap_or_default();
        let sight = &Sight::new(client, cx, format!("reading the project {project}"), project);
        join_all(items.iter().map(async |item| seen(see(sight, item).await))).await
    }
}

async fn see(sight: &Sight<'_>, item: &BatchItem) -> Result<Option<Read>> {
    let prior = &item.item.prior;
    let present = |object: Option<Object>| object.map(Read::Present);
    match &*item.ty {
        "neon_project" => project::see(sight, &item.item).await,
        "neon_branch" => branch::see(sight, prior).await.map(present),
        "neon_database" => database::see(sight, prior).await.map(present),
        "neon_endpoint" => endpoint::see(sight, prior).await.map(present),
        "neon_project_permission" => permission::see(sight, prior).await.map(present),
        "neon_role" => role::see(sight, prior).await.map(present),
        other => Err(ProviderError::refused(format!("reading a {other}"), "there is no such type")),
    }
}
