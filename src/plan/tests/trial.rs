//! A configuration, what there was before, and what planning makes of both: told as text.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

use super::vendors::registry;
use crate::addr::ProviderAddr;
use crate::config;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::eval;
use crate::eval::function::FileKind;
use crate::eval::function::Files;
use crate::plan::Action;
use crate::plan::Answer;
use crate::plan::Environment;
use crate::plan::Input;
use crate::plan::Made;
use crate::plan::Op;
use crate::plan::Options;
use crate::plan::Planner;
use crate::plan::Poll;
use crate::plan::Request;
use crate::plan::Step;
use crate::plan::StepGraph;
use crate::plan::StepId;
use crate::provider::Read;
use crate::state;
use crate::state::ObjectKey;
use crate::state::Snapshot;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;
use crate::value::json;

/// What is planned, against what.
pub(super) struct Trial {
    config: Box<dyn config::Files>,
    prior: Snapshot,
    pub(super) options: Options,
}

/// What planning came to.
pub(super) struct Tried {
    /// `None` when it ended before anything was planned.
    pub(super) made: Option<Made>,
    pub(super) diags: Diagnostics,
}

/// One module's text, or several by their file's path.
struct Texts(BTreeMap<PathBuf, String>);

impl config::Files for Texts {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let here = self.0.keys().filter(|path| path.parent() == Some(dir));
        Ok(here.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &Path) -> io::Result<Arc<[u8]>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn kind(&self, _: &Path) -> io::Result<FileKind> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

impl Trial {
    /// The root module's text, nothing there before.
    pub(super) fn new(text: &str) -> Trial {
        Trial::of([("main.infra.hcl", text)])
    }

    /// The texts of several files.
    pub(super) fn of<const N: usize>(texts: [(&str, &str); N]) -> Trial {
        let texts = texts.into_iter().map(|(path, text)| (PathBuf::from(path), text.to_owned()));
        Trial::read_from(Box::new(Texts(texts.collect())))
    }

    /// Whatever these files hold.
    pub(super) fn read_from(config: Box<dyn config::Files>) -> Trial {
        let options = Options { refresh: true, ..Options::default() };
        Trial { config, prior: Snapshot::new("trial"), options }
    }

    /// The state holds what this configuration would have made.
    pub(super) fn after(self, text: &str) -> Trial {
        self.after_trial(&Trial::new(text))
    }

    /// The state holds what another trial would have made.
    pub(super) fn after_trial(mut self, other: &Trial) -> Trial {
        let tried = other.plan();
        let made = tried.sound();
        for change in &made.plan.changes {
            let attributes = change.planned.as_ref().expect("everything is created");
            let known = attributes.iter().map(|(name, value)| match value.is_known() {
                true => (Str::clone(name), value.clone()),
                false => (Str::clone(name), Value::from(format!("{name} of {}", change.addr))),
            });
            let object = state::Object {
                provider: change.provider.clone(),
                schema_version: 0,
                attributes: Arc::new(attributes.with(known)),
                private: Json::Null,
                dependencies: Arc::clone(&change.dependencies),
                create_before_destroy: change.create_before_destroy,
                tainted: false,
                version: 1,
            };
            self.prior.instances.entry(change.addr.clone()).or_default().current = Some(object);
        }
        self
    }

    /// The state holds these objects: attributes by address, those of no attribute under `#`.
    pub(super) fn with_prior(mut self, objects: &Json) -> Trial {
        for (name, json) in objects.as_object().expect("an object of objects") {
            let (addr, deposed) = name.split_once(" deposed ").map_or((&**name, None), |(a, key)| (a, Some(key)));
            let addr: crate::addr::InstanceAddr = addr.parse().expect("an address");
            let ty = registry().resource(&addr.ty);
            let beside = &json["#"];
            let provider = registry().provider_of(addr.mode, &addr.ty);
            let given = json.as_object().expect("an object's attributes").iter().filter(|(name, _)| *name != "#");
            let attributes = match &ty {
                Some(ty) => ty.schema().object(given.map(|(name, json)| {
                    let declared = ty.schema().ty().attribute(name).expect("an attribute of the type").ty;
                    (name.as_str(), json::from_json(json, declared).expect("a value of the type"))
                })),
                None => Object::new([]),
            };
            let on = beside["dependencies"].as_array().into_iter().flatten();
            let on = on.map(|on| on.as_str().expect("an address").parse::<crate::addr::InstanceAddr>());
            let object = state::Object {
                provider: beside["provider"].as_str().map_or_else(
                    || ProviderAddr { name: provider, alias: None, module: crate::addr::ModulePath::root() },
                    |addr| addr.parse().expect("a provider's address"),
                ),
                schema_version: 0,
                attributes: Arc::new(attributes),
                private: Json::Null,
                dependencies: on.map(|on| on.expect("an address").resource()).collect(),
                create_before_destroy: beside["create_before_destroy"] == true,
                tainted: beside["tainted"] == true,
                version: 1,
            };
            let instance = self.prior.instances.entry(addr).or_default();
            match deposed {
                Some(key) => _ = instance.deposed.insert(key.parse().expect("a key"), object),
                None => instance.current = Some(object),
            }
        }
        self
    }

    /// Plans; objects are as they were, whatever is imported is there, and a data source has its name for its id.
    pub(super) fn plan(&self) -> Tried {
        let mut diags = Diagnostics::new();
        let sources = Arc::new(Sources::new());
        let config = config::load(Path::new(""), &sources, &*self.config, &mut diags);
        let modules = config.modules.iter().map(|module| eval::lower(module, &config, &mut diags)).collect();
        if diags.has_errors() {
            return Tried { made: None, diags };
        }
        let mut options = self.options.clone();
        options.deferral |= config.root().settings.deferral == Some(true);
        let input = Input {
            config: Arc::new(config),
            modules,
            registry: Arc::new(registry()),
            prior: Arc::new(self.prior.clone()),
            options,
            environment: Environment {
                now: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
                cwd: String::new(),
                workspace: "default".to_owned(),
                plan_time: jiff::Timestamp::UNIX_EPOCH,
                home: None,
                base: PathBuf::new(),
            },
            variables: BTreeMap::new(),
            sources,
            files: Arc::new(NoFiles),
        };
        let mut planner = match Planner::new(&input) {
            Ok(planner) => planner,
            Err(found) => return Tried { made: None, diags: found },
        };
        loop {
            match planner.poll() {
                Poll::Need(requests) => {
                    requests.into_iter().for_each(|(id, request)| planner.answer(id, answer(request)));
                }
                Poll::Wait => unreachable!("everything is answered at once"),
                Poll::Done | Poll::Refused => break,
            }
        }
        let (made, found) = planner.finish();
        Tried { made: Some(made), diags: found }
    }
}

fn answer(request: Request) -> Answer {
    let named = |ty: &str, name: &str, id: Value| {
        let registry = registry();
        let schema = registry.resource(ty).map(|ty| ty.schema().clone());
        let schema = schema.or_else(|| registry.data(ty).map(|ty| ty.schema().clone())).expect("a known type");
        schema.object([(name, id.clone()), ("id", id)])
    };
    match request {
        Request::Configure { .. } => Answer::Configured(Ok(())),
        Request::Read { items, .. } => {
            let kept = items.into_iter().map(|item| match item.item.prior.get("name").and_then(Value::as_str) {
                Some("gone") => Ok(Read::Absent),
                _ => Ok(Read::Present(item.item.prior)),
            });
            Answer::Read(kept.collect())
        }
        Request::Data { ty, config, .. } => {
            Answer::Data(Ok(named(&ty, "name", config.get("name").cloned().expect("it has a name"))))
        }
        Request::Import { id, .. } if &*id == "nothing" => Answer::Imported(Ok(None)),
        Request::Import { ty, id, .. } => Answer::Imported(Ok(Some(named(&ty, "name", Value::String(id))))),
    }
}

impl Tried {
    /// The plan; it has no errors.
    pub(super) fn sound(&self) -> &Made {
        assert!(!self.diags.has_errors(), "{}", self.problems().join("\n"));
        self.made.as_ref().expect("without an error there is a plan")
    }

    /// The problems: severity, summary, address.
    pub(super) fn problems(&self) -> Vec<String> {
        let line = |d: &crate::diag::Diagnostic| {
            let address = d.address.as_ref().map(|address| format!(" [{address}]")).unwrap_or_default();
            format!("{:?}: {}{address}", d.severity, d.summary)
        };
        self.diags.iter().map(line).collect()
    }

    /// The details of all problems.
    pub(super) fn details(&self) -> Vec<&str> {
        self.diags.iter().map(|d| &*d.detail).collect()
    }

    /// What happens to each object, and why: `Action address: Reason paths`, changes only.
    pub(super) fn changes(&self) -> Vec<String> {
        let Some(made) = &self.made else { return Vec::new() };
        let silent = |change: &&crate::plan::Change| {
            change.action == Action::NoOp && change.previous_addr.is_none() && change.importing.is_none()
        };
        let line = |change: &crate::plan::Change| {
            let mut line = format!("{:?} {}", change.action, change.addr);
            if let ObjectKey::Deposed(key) = &change.object {
                let _ = write!(line, " deposed {key}");
            }
            if let Some(previous) = &change.previous_addr {
                let _ = write!(line, " (was {previous})");
            }
            if let Some(id) = &change.importing {
                let _ = write!(line, " (imported as {id})");
            }
            if let Some(reason) = change.reason {
                let _ = write!(line, ": {reason:?}");
            }
            change.replace_paths.iter().for_each(|path| _ = write!(line, " {path}"));
            line
        };
        made.plan.changes.iter().filter(|change| !silent(change)).map(line).collect()
    }

    /// Each call with the calls that come right before it, carriers looked through: `Op address < others`.
    pub(super) fn order(&self) -> Vec<String> {
        let made = self.sound();
        let steps = &made.plan.steps;
        let mut lines: Vec<String> = Vec::new();
        for (id, names) in (0..).zip(0..steps.steps.len()).map(|(id, _)| (id, self.names(id))) {
            for name in &names {
                let before: BTreeSet<String> = before(steps, id).into_iter().flat_map(|id| self.names(id)).collect();
                let before: Vec<String> = before.into_iter().collect();
                let relation = if before.is_empty() { "" } else { " < " };
                lines.push(format!("{name}{relation}{}", before.join(", ")));
            }
        }
        lines.sort();
        lines
    }

    /// What is not begun when a step fails, in the order of names.
    pub(super) fn stopped_by(&self, failing: &str) -> Vec<String> {
        let steps = &self.sound().plan.steps;
        let ids = 0..StepId::try_from(steps.steps.len()).expect("32 bits");
        let mut stopped: Vec<StepId> = ids.filter(|id| self.names(*id).iter().any(|name| name == failing)).collect();
        assert_eq!(stopped.len(), 1, "{failing} is a step");
        let mut seen: BTreeSet<StepId> = stopped.iter().copied().collect();
        let mut names = BTreeSet::new();
        while let Some(step) = stopped.pop() {
            for next in steps.order.dependents(step).filter(|next| seen.insert(*next)).collect::<Vec<_>>() {
                names.extend(self.names(next));
                stopped.push(next);
            }
        }
        names.into_iter().collect()
    }

    /// What a step calls: `Op address`.
    fn names(&self, id: StepId) -> Vec<String> {
        let plan = &self.made.as_ref().expect("a plan").plan;
        let name = |change: usize, op: Op| format!("{op:?} {}", plan.changes[change].addr);
        match &plan.steps.steps[id as usize] {
            Step::Change { change, op } => vec![name(*change, *op)],
            Step::Release { change, .. } => vec![name(*change, Op::Release)],
            Step::Bundle { members, .. } => members.iter().map(|(change, op)| name(*change, *op)).collect(),
            Step::Carrier | Step::Evaluate(_) | Step::Absorbed => Vec::new(),
        }
    }

    /// The bundles, each as its members in their order.
    pub(super) fn bundles(&self) -> Vec<Vec<String>> {
        let steps = &self.sound().plan.steps;
        let ids = (0..).zip(&steps.steps).filter(|(_, step)| matches!(step, Step::Bundle { .. }));
        ids.map(|(id, _)| self.names(id)).collect()
    }
}

/// The calls right before a step.
fn before(steps: &StepGraph, step: StepId) -> BTreeSet<StepId> {
    let mut found = BTreeSet::new();
    let mut pending = vec![step];
    let mut seen = BTreeSet::new();
    while let Some(id) = pending.pop() {
        for other in steps.order.dependencies(id).filter(|other| seen.insert(*other)).collect::<Vec<_>>() {
            match &steps.steps[other as usize] {
                Step::Carrier | Step::Evaluate(_) | Step::Absorbed => pending.push(other),
                Step::Change { .. } | Step::Release { .. } | Step::Bundle { .. } => _ = found.insert(other),
            }
        }
    }
    found
}
