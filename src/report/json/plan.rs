//! A plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::Serializer;
use serde_json::Value as Json;

use super::Plain;
use super::StateJson;
use super::change::ChangeJson;
use super::change::DriftJson;
use super::change::OutputJson;
use super::configuration::configuration;
use super::output::Typed;
use super::resources::Listed;
use super::resources::Tree;
use super::resources::TreeJson;
use super::state::Values;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::config::Config;
use crate::plan;
use crate::plan::HostCommands;
use crate::plan::Plan;
use crate::plan::Registry;
use crate::report::plan::is_relevant;
use crate::report::plan::why_again;
use crate::report::style::Secrets;
use crate::state;
use crate::state::ObjectKey;
use crate::state::Snapshot;
use crate::value::Object;

/// The document that `show -json` prints of a plan.
pub struct PlanJson<'a> {
    /// What is shown.
    pub plan: &'a Plan,
    /// The configuration that it is made from.
    pub config: &'a Config,
    /// Where schemas and the names of providers come from.
    pub registry: &'a Registry,
    /// The version of Terraform that readers take us for.
    pub terraform_version: &'a str,
    /// When the plan was made, as RFC 3339.
    pub timestamp: &'a str,
    /// Whether sensitive values are shown.
    pub secrets: Secrets,
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: &'static str,
    terraform_version: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<&'a str, Variable<'a>>,
    planned_values: Values<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_drift: Vec<DriftJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_changes: Vec<ChangeJson<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    output_changes: BTreeMap<&'a str, OutputJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deferred_changes: Vec<Deferred<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    host_commands: Vec<Commands<'a>>,
    prior_state: StateJson<'a>,
    configuration: Json,
    relevant_attributes: Json,
    timestamp: &'a str,
    applyable: bool,
    complete: bool,
    errored: bool,
}

#[derive(Serialize)]
struct Variable<'a> {
    value: Plain<'a>,
}

/// How many commands an apply takes on a host, and why it is come back to.
#[derive(Serialize)]
struct Commands<'a> {
    host: &'a str,
    commands: usize,
    looks: usize,
    bundles: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
}

/// What waits for a later phase, by what is known of it.
#[derive(Serialize)]
struct Deferred<'a> {
    reason: &'a str,
    address: &'a str,
}

impl Serialize for PlanJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let PlanJson { plan, registry, secrets, .. } = *self;
        let tree = planned(plan, registry);
        let outputs = plan.outputs.iter().filter_map(|output| {
            let value = Some(output.planned.as_ref()?);
            Some((&*output.name, Typed { value, sensitive: output.sensitive, secrets }))
        });
        let prior = refreshed(plan, registry);
        let relevant = is_relevant(plan);
        let drift = plan.drift.iter().filter(|drift| drift.stale.is_none() && relevant(drift));
        let drift = drift.map(|drift| DriftJson(drift, registry, secrets));
        let (configuration, relevant_attributes) = configuration(self.config, registry, secrets);
        Document {
            format_version: "1.2",
            terraform_version: self.terraform_version,
            variables: plan
                .variables
                .iter()
                .filter(|(_, value)| value.is_known())
                .map(|(name, value)| (&**name, Variable { value: Plain(value, secrets) }))
                .collect(),
            planned_values: Values { outputs: outputs.collect(), root_module: TreeJson(&tree, registry, secrets) },
            resource_drift: drift.collect(),
            resource_changes: plan.changes.iter().map(|change| ChangeJson(change, registry, secrets)).collect(),
            output_changes: plan.outputs.iter().map(|output| (&*output.name, OutputJson(output, secrets))).collect(),
            deferred_changes: plan
                .deferred
                .iter()
                .map(|deferred| Deferred { reason: &deferred.reason, address: &deferred.address })
                .collect(),
            host_commands: plan.steps.commands.iter().map(|host| commands(plan, host)).collect(),
            prior_state: StateJson { snapshot: &prior, registry, terraform_version: self.terraform_version, secrets },
            configuration,
            relevant_attributes,
            timestamp: self.timestamp,
            applyable: plan.is_applyable(),
            complete: plan.is_complete(),
            errored: plan.errored,
        }
        .serialize(to)
    }
}

fn commands<'a>(plan: &Plan, host: &'a HostCommands) -> Commands<'a> {
    let because = host.detours.iter().map(|detour| why_again(plan, detour)).collect();
    Commands { host: &host.name, commands: host.count(), looks: host.looks, bundles: host.bundles, because }
}

/// Every object as it will be.
fn planned<'a>(plan: &'a Plan, registry: &Registry) -> Tree<'a> {
    let mut tree = Tree::default();
    for change in plan.changes.iter().filter(|change| change.object == ObjectKey::Current) {
        let Some(planned) = &change.planned else { continue };
        if matches!(change.action, plan::Action::Delete | plan::Action::Forget) {
            continue;
        }
        tree.add(Listed {
            addr: &change.addr,
            provider: &change.provider,
            schema_version: schema_version(&change.addr, registry),
            object: Arc::clone(planned),
            dependencies: &[],
            tainted: false,
            deposed: None,
        });
    }
    tree
}

/// The stored state with what moved, what was taken over and what reading found: the world that the plan is about.
fn refreshed(plan: &Plan, registry: &Registry) -> Snapshot {
    let mut snapshot = Snapshot::clone(&plan.prior);
    let current = || plan.changes.iter().filter(|change| change.object == ObjectKey::Current);
    // Out first, then in: instances may change places.
    let moved: Vec<_> = current()
        .filter_map(|change| Some((&change.addr, snapshot.instances.remove(change.previous_addr.as_ref()?)?)))
        .collect();
    snapshot.instances.extend(moved.into_iter().map(|(addr, instance)| (addr.clone(), instance)));
    for change in current().filter(|change| change.importing.is_some()) {
        let Some(found) = &change.prior else { continue };
        let object = state::Object {
            provider: change.provider.clone(),
            schema_version: schema_version(&change.addr, registry),
            attributes: Arc::clone(found),
            private: Json::Null,
            dependencies: Arc::clone(&change.dependencies),
            create_before_destroy: change.create_before_destroy,
            tainted: false,
            version: 0,
        };
        snapshot.instances.entry(change.addr.clone()).or_default().current = Some(object);
    }
    let mut set = |addr: &InstanceAddr, key: &ObjectKey, found: Option<&Arc<Object>>| {
        let Some(instance) = snapshot.instances.get_mut(addr) else { return };
        let slot = match key {
            ObjectKey::Current => instance.current.as_mut(),
            ObjectKey::Deposed(key) => instance.deposed.get_mut(key),
        };
        match (slot, found, key) {
            (Some(object), Some(found), _) => object.attributes = Arc::clone(found),
            (Some(_), None, ObjectKey::Current) => instance.current = None,
            (Some(_), None, ObjectKey::Deposed(key)) => {
                instance.deposed.remove(key);
            }
            (None, ..) => {}
        }
    };
    for drift in plan.drift.iter().filter(|drift| drift.stale.is_none()) {
        set(&drift.addr, &drift.object, drift.after.as_ref());
    }
    snapshot.instances.retain(|_, instance| !instance.is_empty());
    for adoption in &plan.adoptions {
        snapshot.instances.entry(adoption.addr.clone()).or_default().current = Some(adoption.stored.clone());
    }
    snapshot
}

fn schema_version(addr: &InstanceAddr, registry: &Registry) -> u32 {
    let version = match addr.mode {
        Mode::Managed => registry.resource(&addr.ty).map(|ty| ty.schema().version),
        Mode::Data => registry.data(&addr.ty).map(|ty| ty.schema().version),
    };
    version.unwrap_or(0)
}
