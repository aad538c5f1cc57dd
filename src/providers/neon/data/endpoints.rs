//! `neon_branch_endpoints` and `neon_endpoint`: the computes of a branch, and one of a project.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::client::Client;
use super::super::sight::Sight;
use super::super::uri;
use super::super::values::int;
use super::super::values::number;
use super::super::values::text;
use super::super::wire;
use super::super::wire::READ_WRITE;
use super::list;
use super::missing;
use super::named;
use super::wanted;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number as numeric;
use crate::schema::of;
use crate::schema::string;
use crate::value::Object;
use crate::value::ObjectAttr;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// The computes of a branch.
pub(super) struct BranchEndpoints;

/// One compute: by its id, or the one of a branch that writes.
pub(super) struct Endpoint;

fn endpoint_type() -> Type {
    let attributes = ["id", "host", "host_pooler", "proxy_host", "region_id", "type"];
    Type::object(attributes.map(|name| ObjectAttr::new(name, Type::STRING)).to_vec())
}

static ENDPOINTS: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required()),
        ("branch_id", string().required()),
        ("endpoints", of(Type::list(endpoint_type())).computed()),
    ])
});

static ENDPOINT: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().optional_computed()),
        ("project_id", string().required()),
        ("branch_id", string().optional_computed()),
        ("type", string().computed()),
        ("name", string().computed()),
        ("host", string().computed()),
        ("host_pooler", string().computed()),
        ("proxy_host", string().computed()),
        ("region_id", string().computed()),
        ("autoscaling_limit_min_cu", numeric().computed()),
        ("autoscaling_limit_max_cu", numeric().computed()),
        ("suspend_timeout_seconds", numeric().computed()),
        ("disabled", boolean().computed()),
    ])
});

fn attributes(endpoint: &wire::Endpoint) -> [(&'static str, Value); 6] {
    [
        ("id", Value::from(&*endpoint.id)),
        ("host", Value::from(&*endpoint.host)),
        ("host_pooler", Value::from(uri::pooler(&endpoint.host))),
        ("proxy_host", text(endpoint.proxy_host.as_deref())),
        ("region_id", Value::from(&*endpoint.region_id)),
        ("type", Value::from(&*endpoint.kind)),
    ]
}

#[async_trait]
impl DataSource<Client> for BranchEndpoints {
    fn name(&self) -> &'static str {
        "neon_branch_endpoints"
    }

    fn schema(&self) -> Schema {
        ENDPOINTS.clone()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let (project, branch) = named(config);
        let sight = Sight::new(client, cx, format!("reading the computes of the branch {branch}"), project);
        let all = sight.endpoints_of(branch).await?;
        let object = |endpoint| Value::object(attributes(endpoint).map(|(name, value)| (name.into(), value)));
        let objects = all.iter().map(object);
        let id = Value::from(format!("{project}/{branch}"));
        Ok(ENDPOINTS.settle(config, [("id", id), ("endpoints", list(endpoint_type(), objects))]))
    }
}

#[async_trait]
impl DataSource<Client> for Endpoint {
    fn name(&self) -> &'static str {
        "neon_endpoint"
    }

    fn schema(&self) -> Schema {
        ENDPOINT.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let said = ["id", "branch_id"].iter().filter(|name| config.get(name).is_some_and(|value| !value.is_null()));
        let problem = || Problem {
            path: Path::root(),
            summary: "Invalid combination of arguments".to_owned(),
            detail: "A compute is looked for by its `id`, or by the `branch_id` of the branch that it writes to."
                .to_owned(),
        };
        (said.count() != 1).then(problem).into_iter().collect()
    }

    async fn read(&self, client: &Client, cx: &Cx, config: &Object) -> Result<Object> {
        let (project, branch) = named(config);
        let sight = Sight::new(client, cx, format!("reading a compute of the project {project}"), project);
        let found = match wanted(config, "id") {
            Some(id) => sight.endpoint(id).await?,
            None => sight.endpoints_of(branch).await?.into_iter().find(|endpoint| endpoint.kind == READ_WRITE),
        };
        let endpoint = found.ok_or_else(|| missing(&sight, "such compute"))?;
        let more = [
            ("branch_id", Value::from(&*endpoint.branch_id)),
            ("name", text(endpoint.name.as_deref())),
            ("autoscaling_limit_min_cu", number(endpoint.autoscaling_limit_min_cu.as_ref())),
            ("autoscaling_limit_max_cu", number(endpoint.autoscaling_limit_max_cu.as_ref())),
            ("suspend_timeout_seconds", int(endpoint.suspend_timeout_seconds)),
            ("disabled", Value::from(endpoint.disabled)),
        ];
        Ok(ENDPOINT.settle(config, attributes(&endpoint).into_iter().chain(more)))
    }
}
