//! What is in which project: objects by their uniform resource names, moved and listed.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use crate::net::rest::Api;
use crate::net::rest::segment;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// The project that takes what no other has.
pub(super) const DEFAULT: &str = "default";

#[derive(Deserialize)]
struct Resource {
    urn: String,
    status: Option<String>,
}

/// A name in the one spelling by which it is compared: reserved IPs have two.
pub(super) fn key(urn: &str) -> String {
    let lower = urn.to_lowercase();
    lower.strip_prefix("do:floatingip:").map_or(lower.clone(), |ip| format!("do:reservedip:{ip}"))
}

/// Whether two sets name the same objects.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    let keys = |value: &Value| -> Option<BTreeSet<String>> {
        value.as_elements()?.iter().map(|urn| urn.as_str().map(key)).collect()
    };
    keys(a).is_some_and(|a| Some(a) == keys(b))
}

/// The names in an attribute.
pub(super) fn of(object: &Object, name: &str) -> Vec<String> {
    object.strings(name).unwrap_or_default().iter().map(|urn| urn.to_string()).collect()
}

/// Those of `urns` that `others` lacks.
pub(super) fn without(urns: &[String], others: &[String]) -> Vec<String> {
    let others: BTreeSet<_> = others.iter().map(|urn| key(urn)).collect();
    urns.iter().filter(|urn| !others.contains(&key(urn))).cloned().collect()
}

/// What a project has; `None` when there is no such project.
pub(super) async fn listed(api: &Api<'_>, project: &str) -> Result<Option<Vec<String>>> {
    match api.pages::<Vec<Resource>>(&path(project), "resources").await {
        Ok(resources) => Ok(Some(resources.into_iter().map(|resource| resource.urn).collect())),
        Err(ProviderError::Refused { code: Some(404), .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Moves objects into a project. Moving what is there already changes nothing.
pub(super) async fn assign(api: &Api<'_>, project: &str, urns: &[String]) -> Result<()> {
    if urns.is_empty() {
        return Ok(());
    }
    let moved: Vec<Resource> =
        api.post(&path(project), &json!({"resources": urns})).idempotent().one("resources").await?;
    let failed = |resource: &&Resource| matches!(resource.status.as_deref(), Some("not_found" | "service_down"));
    let failed: Vec<_> = moved.iter().filter(failed).map(|resource| &*resource.urn).collect();
    if failed.is_empty() {
        return Ok(());
    }
    // What is gone needs no other place.
    if project == DEFAULT {
        tracing::debug!(?failed, "not moved to the default project");
        return Ok(());
    }
    let message = format!("DigitalOcean cannot move {} into the project", failed.join(", "));
    Err(ProviderError::refused(api.doing(), message))
}

fn path(project: &str) -> String {
    format!("/v2/projects/{}/resources", segment(project))
}
