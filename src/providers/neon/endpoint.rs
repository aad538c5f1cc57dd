//! `neon_endpoint`: a compute of a branch: the one that writes, or a read replica.
//!
//! Nothing tells a new compute from others, so those of the branch are noted before one is made. The read-write compute
//! of the default branch is taken over, not made: see [`adoption`].

use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::adoption;
use super::batch;
use super::client::Client;
use super::operation;
use super::operation::Operation;
use super::sight::Sight;
use super::uri;
use super::values::compact;
use super::values::differs;
use super::values::int;
use super::values::is_set;
use super::values::number;
use super::values::number_body;
use super::values::parts;
use super::values::text;
use super::values::word;
use super::wire;
use super::wire::READ_WRITE;
use crate::net::rest::Api;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::map;
use crate::schema::number as numeric;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// A compute, found again by its id.
pub(super) struct Endpoint;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("project_id", string().required().replaces()),
        ("branch_id", string().required().replaces()),
        ("type", string().default(READ_WRITE).replaces().describe("`read_write` or `read_only`.")),
        ("name", string()),
        ("region_id", string().optional_computed().replaces()),
        ("autoscaling_limit_min_cu", numeric().optional_computed()),
        ("autoscaling_limit_max_cu", numeric().optional_computed()),
        ("suspend_timeout_seconds", suspend_timeout()),
        ("pg_settings", map(Type::STRING)),
        ("disabled", boolean().optional_computed()),
        ("compute_provisioner", string().optional_computed()),
        ("host", string().computed()),
        ("host_pooler", string().computed().describe("The same compute by its connection pooler.")),
        ("proxy_host", string().computed()),
    ])
});

/// How long a compute idles before it is suspended: 0 is the vendor's default, which is 300 seconds.
pub(super) fn suspend_timeout() -> Attribute {
    fn same(a: &Value, b: &Value) -> bool {
        let is_default = |value: &Value| matches!(value.as_i64(), Some(0 | 300));
        is_default(a) && is_default(b)
    }
    numeric().optional_computed().equality(Equality::Semantic(same))
}

/// What is wrong with a compute's size, wherever it is configured.
pub(super) fn size_problems(config: &Object, at: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut push = |name: &str, detail: String| {
        problems.push(Problem { path: at.clone().attr(name), summary: "Invalid compute size".to_owned(), detail });
    };
    let cu = |name: &str| config.get(name).and_then(Value::as_number).map(|number| number.to_f64());
    let (min, max) = (cu("autoscaling_limit_min_cu"), cu("autoscaling_limit_max_cu"));
    for (name, size) in [("autoscaling_limit_min_cu", min), ("autoscaling_limit_max_cu", max)] {
        if let Some(size) = size.filter(|size| *size < 0.25) {
            push(name, format!("A compute has at least 0.25 compute units, not {size}."));
        }
    }
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        push("autoscaling_limit_max_cu", format!("A compute cannot grow from {min} to {max} compute units."));
    }
    if let Some(seconds) = config.int("suspend_timeout_seconds").filter(|seconds| !(-1..=604_800).contains(seconds)) {
        let detail = format!("{seconds} is not between 0 and 604800 seconds; -1 means never.");
        push("suspend_timeout_seconds", detail);
    }
    problems
}

/// What is wrong with a provisioner.
pub(super) fn provisioner_problem(config: &Object) -> Option<Problem> {
    let known = ["k8s-neonvm", "k8s-pod"];
    let text = config.str("compute_provisioner").filter(|text| !known.contains(text))?;
    let detail = format!("`{text}` is not one of {}.", known.join(", "));
    Some(Problem { path: Path::of("compute_provisioner"), summary: "Invalid provisioner".to_owned(), detail })
}

impl wire::Endpoint {
    fn object(&self, base: &Object) -> Object {
        let settings = self.settings.as_ref().and_then(|settings| settings.pg_settings.as_ref());
        let settings = settings.filter(|settings| !settings.is_empty() || is_set(base, "pg_settings"));
        let settings = settings.map(|settings| {
            let entries = settings.iter().map(|(key, value)| (key.as_str().into(), Value::from(&**value)));
            Value::map(Type::STRING, entries.collect::<Vec<_>>())
        });
        SCHEMA.settle(
            base,
            [
                ("id", Value::from(&*self.id)),
                ("branch_id", Value::from(&*self.branch_id)),
                ("type", Value::from(&*self.kind)),
                ("name", text(self.name.as_deref())),
                ("region_id", Value::from(&*self.region_id)),
                ("autoscaling_limit_min_cu", number(self.autoscaling_limit_min_cu.as_ref())),
                ("autoscaling_limit_max_cu", number(self.autoscaling_limit_max_cu.as_ref())),
                ("suspend_timeout_seconds", int(self.suspend_timeout_seconds)),
                ("pg_settings", settings.unwrap_or(Value::Null(Type::map(Type::STRING)))),
                ("disabled", Value::from(self.disabled)),
                ("compute_provisioner", text(self.provisioner.as_deref())),
                ("host", Value::from(&*self.host)),
                ("host_pooler", Value::from(uri::pooler(&self.host))),
                ("proxy_host", text(self.proxy_host.as_deref())),
            ],
        )
    }
}

/// Reads a compute by its id.
pub(super) async fn see(sight: &Sight<'_>, prior: &Object) -> Result<Option<Object>> {
    Ok(sight.endpoint(prior.id()).await?.map(|endpoint| endpoint.object(prior)))
}

#[derive(Deserialize)]
struct Changed {
    endpoint: wire::Endpoint,
    #[serde(default)]
    operations: Vec<Operation>,
}

#[async_trait]
impl ResourceType<Client> for Endpoint {
    fn name(&self) -> &'static str {
        "neon_endpoint"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = size_problems(config, &Path::root());
        problems.extend(provisioner_problem(config));
        if let Some(kind) = config.str("type").filter(|kind| ![READ_WRITE, "read_only"].contains(kind)) {
            let detail = format!("`{kind}` is neither \"read_write\" nor \"read_only\".");
            problems.push(Problem { path: Path::of("type"), summary: "Invalid compute type".to_owned(), detail });
        }
        problems
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        batch::key(prior.str("project_id"))
    }

    async fn read(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let doing = format!("reading the compute {}", prior.id());
        see(&Sight::new(client, cx, doing, word(prior, "project_id")), prior).await
    }

    async fn before_create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Json> {
        let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
        let sight = Sight::new(client, cx, format!("looking at the computes of the branch {branch}"), project);
        let all = sight.endpoints_of(branch).await?;
        let wants_to_write = planned.str("type") == Some(READ_WRITE);
        if let Some(there) = all.iter().find(|endpoint| wants_to_write && endpoint.kind == READ_WRITE) {
            if !sight.branch(branch).await?.is_some_and(|branch| branch.default) {
                let doing = format!("creating a compute of the branch {branch}");
                let message = "the branch has a read-write compute, and can have only one".to_owned();
                let (id, argument) = (Some(format!("{project}/{}", there.id)), Some(Path::of("type")));
                return Err(ProviderError::Taken { doing, message, id, argument });
            }
            adoption::note(cx, &there.id);
        }
        Ok(all.iter().map(|endpoint| endpoint.id.clone()).collect())
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
        if let Some(id) = adoption::noted(&cx.private()) {
            let api = client.on(cx, format!("taking over the compute {id}"));
            let there = sure(&api, project, id).await?.object(&known(project, id));
            cx.record(&SCHEMA.settle(planned, [("id", Value::from(id))])).await?;
            return change(&api, &there, planned).await;
        }
        let api = client.on(cx, format!("creating a compute of the branch {branch}"));
        let mut body = compact(sizes(planned));
        body["branch_id"] = branch.into();
        body["type"] = planned.str("type").into();
        if let Some(region) = planned.str("region_id") {
            body["region_id"] = region.into();
        }
        let post = api.post(&format!("/projects/{}/endpoints", segment(project)), &json!({"endpoint": body}));
        let made: Changed = post.whole().await?;
        cx.record(&SCHEMA.settle(planned, [("id", Value::from(&*made.endpoint.id))])).await?;
        operation::finished(&api, made.operations).await?;
        Ok(sure(&api, project, &made.endpoint.id).await?.object(planned))
    }

    async fn update(&self, client: &Client, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        change(&client.on(cx, format!("changing the compute {}", prior.id())), prior, planned).await
    }

    async fn delete(&self, client: &Client, cx: &Cx, prior: &Object) -> Result<()> {
        if adoption::noted(&cx.private()).is_some() {
            return Ok(());
        }
        let api = client.on(cx, format!("deleting the compute {}", prior.id()));
        let gone = api.delete(&path(word(prior, "project_id"), prior.id()));
        operation::finished(&api, gone.optional("operations").await?.unwrap_or_default()).await
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    async fn find(&self, client: &Client, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let (project, branch) = (word(planned, "project_id"), word(planned, "branch_id"));
        let api = client.on(cx, format!("looking for the compute of the branch {branch}"));
        let partial = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty());
        let id = match adoption::noted(&intent.private).or(partial) {
            Some(id) => Some(id.to_owned()),
            None => {
                let all = Sight::of(api.about(api.doing()), project).endpoints_of(branch).await?;
                let new = all.into_iter().filter(|endpoint| {
                    super::branch::is_new(intent, &endpoint.id) && Some(&*endpoint.kind) == planned.str("type")
                });
                new.map(|endpoint| endpoint.id).min()
            }
        };
        let Some(id) = id else { return Ok(Found::Absent) };
        operation::quiet(&api, project).await?;
        let there = api.get(&path(project, &id)).optional::<wire::Endpoint>("endpoint").await?;
        Ok(there.map_or(Found::Absent, |there| Found::One(there.object(planned))))
    }

    async fn import(&self, client: &Client, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let Some([project, endpoint]) = parts(id) else {
            let message = format!("`{id}` is not an id. Write the project's id and the compute's, as in `p-1/ep-2`");
            return Err(ProviderError::refused("importing a compute", message));
        };
        self.read(client, cx, &known(project, endpoint)).await
    }

    /// The vendor changes one thing of a project at a time.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        super::project::serial_key(planned.str("project_id"))
    }

    fn keeps(&self, _: &Object, private: &Json) -> Option<String> {
        adoption::keeps(private, "the compute of the project's default branch")
    }

    fn price(&self, _: &Object, _: &PriceList) -> Price {
        Price::Usage("compute hours")
    }
}

fn known(project: &str, endpoint: &str) -> Object {
    SCHEMA.object([("project_id", Value::from(project)), ("id", Value::from(endpoint))])
}

fn path(project: &str, endpoint: &str) -> String {
    format!("/projects/{}/endpoints/{}", segment(project), segment(endpoint))
}

async fn sure(api: &Api<'_>, project: &str, id: &str) -> Result<wire::Endpoint> {
    let gone = || ProviderError::refused(api.doing(), "the compute went away meanwhile");
    api.get(&path(project, id)).optional("endpoint").await?.ok_or_else(gone)
}

/// What can be changed in place, as a body has it.
fn sizes(planned: &Object) -> Json {
    let settings = planned.get("pg_settings").and_then(Value::as_entries).map(|entries| {
        let entries = entries.into_iter().filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.into())));
        json!({"pg_settings": entries.collect::<serde_json::Map<_, _>>()})
    });
    json!({
        "name": planned.str("name"),
        "autoscaling_limit_min_cu": number_body(planned, "autoscaling_limit_min_cu"),
        "autoscaling_limit_max_cu": number_body(planned, "autoscaling_limit_max_cu"),
        "suspend_timeout_seconds": planned.int("suspend_timeout_seconds"),
        "disabled": planned.bool("disabled"),
        "provisioner": planned.str("compute_provisioner"),
        "settings": settings,
    })
}

/// The attributes by the keys that bodies have for them.
const KEYS: [(&str, &str); 7] = [
    ("name", "name"),
    ("autoscaling_limit_min_cu", "autoscaling_limit_min_cu"),
    ("autoscaling_limit_max_cu", "autoscaling_limit_max_cu"),
    ("suspend_timeout_seconds", "suspend_timeout_seconds"),
    ("disabled", "disabled"),
    ("compute_provisioner", "provisioner"),
    ("pg_settings", "settings"),
];

/// Makes a compute be as planned.
async fn change(api: &Api<'_>, prior: &Object, planned: &Object) -> Result<Object> {
    let project = word(planned, "project_id");
    let mut wanted = sizes(planned);
    let mut changes = serde_json::Map::new();
    for (name, key) in KEYS {
        let is_said = planned.get(name).is_some_and(Value::is_known);
        if is_said && differs(&SCHEMA, prior, planned, name) {
            // Settings without any in them take all away; without the key the vendor refuses.
            let none = if key == "settings" { json!({"pg_settings": {}}) } else { Json::Null };
            let value = Some(wanted[key].take()).filter(|value| !value.is_null()).unwrap_or(none);
            changes.insert(key.to_owned(), value);
        }
    }
    // A name cannot be taken away.
    changes.retain(|_, value| !value.is_null());
    if !changes.is_empty() {
        let patch = api.patch(&path(project, prior.id()), &json!({"endpoint": changes}));
        let changed: Changed = patch.whole().await?;
        operation::finished(api, changed.operations).await?;
    }
    Ok(sure(api, project, prior.id()).await?.object(planned))
}
