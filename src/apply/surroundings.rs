//! What a call is surrounded by: its clock, its name, who hears of it, and which of its values are new.

use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::Event;
use super::StepName;
use super::Waits;
use super::run::State;
use crate::plan::Action;
use crate::plan::Change;
use crate::plan::Op;
use crate::plan::Secrets;
use crate::plan::Step;
use crate::plan::StepId;
use crate::plan::host_of;
use crate::provider::AnyResource;
use crate::provider::Cx;
use crate::provider::Record;
use crate::schema::ObjectExt;
use crate::state::Instance;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

impl State<'_> {
    /// The attributes of a new object whose values are those of objects that this plan makes, too, or that an earlier one
    /// made and nobody has met since.
    pub(super) fn fresh(&self, change: &Change, ty: &dyn AnyResource) -> Vec<Str> {
        let makes = |instance: &str| {
            let made = || {
                self.run
                    .made
                    .plan
                    .changes
                    .iter()
                    .filter(|change| is_made(change))
                    .map(|change| change.addr.to_string())
                    .collect()
            };
            self.made.get_or_init(made).contains(instance)
        };
        let Some(promised) = &change.planned else { return Vec::new() };
        let unknown = promised.iter().filter_map(|(name, value)| {
            let origin = value.unmarked().as_unknown()?.origin()?;
            // What only it can tell of itself is nobody else's.
            (*origin.instance != *change.addr.to_string() && makes(&origin.instance)).then(|| Str::clone(name))
        });
        let unmet = ty
            .trusts()
            .filter(|name| promised.str(name).is_some_and(|whom| self.run.made.plan.prior.unmet.contains(whom)));
        unknown.chain(unmet.map(Str::from)).collect()
    }

    /// Whether a new object is on a host that is new itself: what an image brought there was there for nobody to see.
    pub(super) fn is_on_new_host(&self, change: &Change) -> bool {
        let new_hosts = || {
            let made = self.run.made.plan.changes.iter().filter(|change| {
                let ty = self.run.input.registry.resource(&change.addr.ty);
                let trusts = ty.as_deref().and_then(|ty| Some((ty, ty.trusts()?)));
                trusts
                    .is_some_and(|(ty, name)| is_made(change) && self.fresh(change, ty).iter().any(|it| **it == *name))
            });
            let id = |change: &Change| change.planned.as_deref()?.str("id").map(str::to_owned);
            made.map(|change| id(change).unwrap_or_else(|| change.addr.to_string())).collect()
        };
        let host = change.planned.as_deref().and_then(host_of);
        host.is_some_and(|host| self.new_hosts.get_or_init(new_hosts).contains(&host))
    }

    /// The objects on a host that have secrets, as they are and as they shall be: what a host says may repeat any of them.
    pub(super) fn secret_objects(&self, host: &str) -> Vec<Arc<Object>> {
        let by_host = || {
            let plan = &self.run.made.plan;
            let stored =
                plan.prior.instances.values().flat_map(Instance::objects).map(|(_, object)| &object.attributes);
            let planned = plan.changes.iter().filter_map(|change| change.planned.as_ref());
            let mut by_host: FxHashMap<String, Vec<Arc<Object>>> = FxHashMap::default();
            for object in stored.chain(planned).filter(|object| object.contains_marked()) {
                if let Some(host) = host_of(object) {
                    by_host.entry(host).or_default().push(Arc::clone(object));
                }
            }
            by_host
        };
        self.secret_objects.get_or_init(by_host).get(host).cloned().unwrap_or_default()
    }

    /// Whether what stands at the place of a new object may have come with a package that this plan installs on the same host,
    /// and that the object waits for.
    pub(super) fn is_brought(&self, change: &Change) -> bool {
        let packages = || {
            let made = self.run.made.plan.changes.iter().filter(|change| is_made(change) && !change.adopts);
            let packages = made.filter(|change| {
                let ty = self.run.input.registry.resource(&change.addr.ty);
                ty.is_some_and(|ty| ty.brings_files())
            });
            packages.filter_map(|change| Some((host_of(change.planned.as_deref()?)?, change.addr.resource()))).collect()
        };
        let Some(host) = change.planned.as_deref().and_then(host_of) else { return false };
        let packages: &FxHashSet<_> = self.new_packages.get_or_init(packages);
        !packages.is_empty() && change.dependencies.iter().any(|on| packages.contains(&(host.clone(), on.clone())))
    }

    /// The attributes of a new object by which others that this plan makes trust it unseen.
    pub(super) fn trusted(&self, change: &Change) -> Vec<Str> {
        let all = self.trusted.get_or_init(|| {
            let mut all: FxHashMap<Str, Vec<Str>> = FxHashMap::default();
            for change in &self.run.made.plan.changes {
                let ty = self.run.input.registry.resource(&change.addr.ty);
                let (Some(name), Some(promised)) = (ty.and_then(|ty| ty.trusts()), &change.planned) else { continue };
                let Some(Value::Unknown(whom)) = promised.get(name).map(Value::unmarked) else { continue };
                if let Some(origin) = whom.origin()
                    && let [crate::value::Step::Attr(attribute)] = origin.path.steps()
                {
                    all.entry(Str::clone(&origin.instance)).or_default().push(Str::clone(attribute));
                }
            }
            all
        });
        if all.is_empty() {
            return Vec::new();
        }
        all.get(&*change.addr.to_string()).cloned().unwrap_or_default()
    }

    /// What a step is called, for people: one name for each object that it is about.
    pub(super) fn names(&self, step: StepId) -> Vec<StepName> {
        match &self.run.made.plan.steps.steps[step as usize] {
            Step::Carrier | Step::Evaluate(_) | Step::Absorbed => Vec::new(),
            Step::Change { change, op } => vec![self.name(*change, *op)],
            Step::Release { change, .. } => vec![self.name(*change, Op::Release)],
            Step::Bundle { members, .. } => members.iter().map(|(change, op)| self.name(*change, *op)).collect(),
        }
    }

    /// What one part of a step is called.
    pub(super) fn name(&self, change: usize, op: Op) -> StepName {
        let change = &self.run.made.plan.changes[change];
        let object = match (&op, &change.deposes) {
            (Op::DeleteDeposed, Some(key)) => crate::state::ObjectKey::Deposed(key.clone()),
            _ => change.object.clone(),
        };
        StepName { addr: change.addr.clone(), object, op }
    }

    /// The surroundings of a step's call.
    pub(super) fn cx(
        &self,
        names: Vec<StepName>,
        recorder: Arc<dyn Record>,
        private: serde_json::Value,
        secrets: Secrets,
    ) -> Cx {
        let observer = Arc::clone(&self.run.observer);
        let clock = Arc::clone(&self.run.clock);
        let since = clock.now();
        let progress = move |text: &str| {
            let elapsed = Duration::try_from(clock.now().duration_since(since)).unwrap_or_default();
            for step in &names {
                let text = secrets.hide(text.to_owned());
                observer.event(Event::StepProgress { step: step.clone(), text: Some(text), elapsed });
            }
        };
        Cx::new(
            Arc::clone(&self.run.clock),
            self.run.cancel.clone(),
            op_id(),
            self.run.made.plan.prior.tag(),
            Arc::new(progress),
            recorder,
            private,
        )
        .heard_by(Arc::new(Waits(Arc::clone(&self.run.observer))))
    }
}

fn is_made(change: &Change) -> bool {
    change.action == Action::Create || change.action.is_replace()
}

/// A name for one operation: 26 lower-case letters and digits.
fn op_id() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number = uuid::Uuid::new_v4().as_u128();
    let mut text = [b'0'; 26];
    for place in text.iter_mut().rev() {
        *place = DIGITS[usize::try_from(number % 36).expect("less than 36")];
        number /= 36;
    }
    String::from_utf8_lossy(&text).into_owned()
}
