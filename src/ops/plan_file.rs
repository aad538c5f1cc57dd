//! Saved plans: all that a plan was made from, sealed, so that the same plan is made again and nothing else.
//!
//! The file holds the sources, the variables, every file that a function read, the state, and what was read of the world.
//! Taking it up again plans from these alone and compares the digest.

mod error;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;

use super::Failure;
use super::Planned;
use super::Session;
use super::configuration::load_from;
use super::digest::digest;
use super::driver::Answers;
use super::files::Files;
use super::files::Read;
use super::replay::Remembered;
use super::whole_file;
use super::world::words;
use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::config;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Environment;
use crate::plan::GivenValue;
use crate::plan::Input;
use crate::plan::Mode;
use crate::plan::Options;
use crate::state::KeyEntry;
use crate::state::Place;
use crate::state::WorldEntry;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::json;

pub use error::PlanFileError;

/// The first line of a saved plan.
const MAGIC: &str = "infra saved plan 1";

/// A saved plan, taken up again.
pub struct SavedPlan {
    /// The plan.
    pub planned: Planned,
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: String,
    /// The id of the simulated world that it was made on; read before the key is looked for, which is kept with the world.
    world: Option<String>,
    key: KeyEntry,
}

#[derive(Serialize, Deserialize)]
struct Content {
    digest: String,
    errored: bool,
    /// The accounts that it is about, by the providers' names: what each is called, and by whom.
    accounts: Vec<(String, String, String)>,
    workspace: String,
    cwd: String,
    plan_time: jiff::Timestamp,
    mode: String,
    targets: Vec<String>,
    replace: Vec<String>,
    refresh: bool,
    deferral: bool,
    variables: BTreeMap<String, Variable>,
    /// Variables whose value was given and is not kept.
    ephemeral: Vec<String>,
    files: Read,
    /// The state before anything was recovered, as a sealed document.
    base: String,
    /// The state that was planned from.
    prior: String,
    answers: Json,
}

#[derive(Serialize, Deserialize)]
struct Variable {
    value: Json,
    sensitive: bool,
    how: String,
}

/// Says, before a plan is made, why it could not be saved as a file.
pub fn check_place(path: &Path) -> Result<(), PlanFileError> {
    whole_file::check(path).map_err(|problem| PlanFileError::NoPlace { path: path.display().to_string(), problem })
}

/// Saves a plan. One that has errors is saved too: it can be shown.
pub fn write(session: &Session, planned: &Planned, path: &Path) -> Result<(), PlanFileError> {
    let name = path.display().to_string();
    let key_failed = |source| PlanFileError::Key { path: name.clone(), source };
    let known = planned.base.keys.first();
    let (sealer, entry) = match known {
        Some(entry) => (session.keys.open(entry).map_err(key_failed)?, entry.clone()),
        None => {
            let (sealer, entry, notice) = session.keys.make().map_err(key_failed)?;
            super::apply::notices(session, notice.as_slice());
            (sealer, entry)
        }
    };
    let encode = |snapshot| -> Result<String, PlanFileError> {
        let bytes = session.backend.encode(snapshot).map_err(Failure::from)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let input = &planned.input;
    let declared = &input.config.root().variables;
    let is_ephemeral = |name: &Str| declared.get(name).is_some_and(|variable| variable.ephemeral);
    let kept = input.variables.iter().filter(|(name, _)| !is_ephemeral(name));
    let content = Content {
        digest: digest(&planned.made.plan),
        errored: planned.made.plan.errored,
        accounts: accounts(session, planned).map(|(name, account)| (name, account.id, account.name)).collect(),
        workspace: session.workspace.clone(),
        cwd: input.environment.cwd.clone(),
        plan_time: input.environment.plan_time,
        mode: mode_word(input.options.mode).to_owned(),
        targets: input.options.targets.iter().map(Target::to_string).collect(),
        replace: input.options.replace.iter().map(InstanceAddr::to_string).collect(),
        refresh: input.options.refresh,
        deferral: input.options.deferral,
        variables: kept.map(|(name, given)| (name.to_string(), variable(given))).collect(),
        ephemeral: input.variables.keys().filter(|name| is_ephemeral(name)).map(ToString::to_string).collect(),
        files: planned.files.clone(),
        base: encode(&planned.base)?,
        prior: encode(&input.prior)?,
        answers: planned.recorded.to_json(),
    };
    let world = session.simulated.as_ref().map(|world| world.id.clone());
    let head = Head { version: env!("CARGO_PKG_VERSION").to_owned(), world, key: entry };
    let plain = serde_json::to_vec(&content).expect("a plan's content is plain data");
    let sealed = sealer.seal(&place(), &deflate(&plain));
    let head = serde_json::to_string(&head).expect("a plan's head is plain data");
    let text = format!("{MAGIC}\n{head}\n{sealed}\n");
    // Whoever has the key may read it; nobody else needs to.
    whole_file::write(path, text.as_bytes(), 0o600)
        .map_err(|source| PlanFileError::Unwritten { path: name.clone(), source })?;
    Ok(())
}

/// Takes up a saved plan: plans again from what it holds. Ephemeral variables are not in it: their values come from the
/// inputs, and may be missing where the plan is only shown.
pub async fn read(
    session: &Session,
    path: &Path,
    inputs: &[config::Input],
    is_applying: bool,
    diags: &mut Diagnostics,
) -> Result<SavedPlan, PlanFileError> {
    let name = path.display().to_string();
    let damaged = |problem: String| PlanFileError::Damaged { path: name.clone(), problem };
    let bytes = std::fs::read(path).map_err(|source| PlanFileError::Unread { path: name.clone(), source })?;
    let text = String::from_utf8(bytes).map_err(|_| PlanFileError::NotAPlan { path: name.clone() })?;
    let mut lines = text.lines();
    if lines.next() != Some(MAGIC) {
        return Err(PlanFileError::NotAPlan { path: name });
    }
    let head: Head = serde_json::from_str(lines.next().unwrap_or("")).map_err(|error| damaged(error.to_string()))?;
    if head.version != env!("CARGO_PKG_VERSION") {
        return Err(damaged(format!(
            "it was saved by version {}, and this is {}",
            head.version,
            env!("CARGO_PKG_VERSION")
        )));
    }
    let simulated = session.simulated.as_ref().map(|world| &*world.id);
    if let Some(error) = PlanFileError::of_world(path, head.world.as_deref(), simulated) {
        return Err(error);
    }
    let sealer = session.keys.open(&head.key).map_err(|source| PlanFileError::Key { path: name.clone(), source })?;
    let sealed = sealer.open(&place(), lines.next().unwrap_or("")).map_err(|error| damaged(error.to_string()))?;
    let plain = inflate(&sealed).map_err(|error| damaged(error.to_string()))?;
    let content: Content = serde_json::from_slice(&plain).map_err(|error| damaged(error.to_string()))?;
    let decode = |text: &str| session.backend.decode(text.as_bytes(), path).map(Arc::new).map_err(Failure::from);
    let (base, prior) = (decode(&content.base)?, decode(&content.prior)?);
    let remembered = Remembered::from_json(content.answers).map_err(|error| damaged(error.to_string()))?;
    let recovered = super::recover::closing(&base, &prior);
    let files = Arc::new(Files::remembered(content.files.clone()));
    let Some(loaded) = load_from(session, Arc::clone(&files), diags) else {
        return Err(damaged("the configuration in it has errors".to_owned()));
    };
    let mut variables = BTreeMap::new();
    for (name, given) in content.variables {
        let value = json::from_json(&given.value, Type::DYNAMIC).map_err(|error| damaged(error.to_string()))?;
        let value = if given.sensitive { value.sensitive() } else { value };
        variables.insert(name.as_str().into(), GivenValue { value, how: given.how, span: None });
    }
    let missing = give_ephemeral(session, &loaded.config, inputs, &content.ephemeral, &mut variables, diags);
    if is_applying {
        missing.iter().for_each(|name| diags.push(must_be_given(name)));
    }
    let parse = |text: &String| text.parse::<Target>().map_err(|error| damaged(error.to_string()));
    let replace = |text: &String| text.parse::<InstanceAddr>().map_err(|error| damaged(error.to_string()));
    let input = Input {
        config: loaded.config,
        modules: loaded.modules,
        registry: Arc::clone(&session.registry),
        prior,
        options: Options {
            mode: mode_of(&content.mode).ok_or_else(|| damaged("its mode is unknown".to_owned()))?,
            targets: content.targets.iter().map(parse).collect::<Result<_, _>>()?,
            replace: content.replace.iter().map(replace).collect::<Result<_, _>>()?,
            refresh: content.refresh,
            deferral: content.deferral,
            ..Options::default()
        },
        environment: Environment {
            cwd: content.cwd,
            workspace: content.workspace,
            plan_time: content.plan_time,
            now: session.environment().now,
            home: session.home.clone(),
            base: session.dir.clone(),
        },
        variables,
        sources: Arc::clone(&session.sources),
        files,
    };
    let mut found = Diagnostics::new();
    let planned = super::plan::finish(session, input, recovered, Answers::Given(&remembered), base, &mut found).await;
    let Some(mut planned) = planned else { return Err(PlanFileError::Differs { path: name }) };
    for (vendor, id, called) in &content.accounts {
        let mut now = accounts(session, &planned).filter(|(name, account)| name == vendor && account.id != *id);
        if let Some((name, now)) = now.next() {
            return Err(PlanFileError::OtherWorld {
                path: path.display().to_string(),
                planned: format!("the {vendor} account {called} ({id})"),
                now: words(&name, &now),
                advice: "use a credential of the account that it was made on".to_owned(),
            });
        }
    }
    planned.made.plan.errored |= content.errored;
    if !content.errored && (digest(&planned.made.plan) != content.digest || planned.made.plan.errored) {
        diags.extend(found);
        if let Some(first) = missing.first() {
            return Err(damaged(format!("the variable {first} is ephemeral, so its value has to be given again")));
        }
        return Err(PlanFileError::Differs { path: name });
    }
    Ok(SavedPlan { planned })
}

/// The real accounts that a plan is about.
fn accounts(session: &Session, planned: &Planned) -> impl Iterator<Item = (String, WorldEntry)> {
    let is_real = session.simulated.is_none();
    let known = planned.accounts.iter().filter_map(|(name, entry)| Some((name.clone(), entry.clone()?)));
    known.filter(move |_| is_real).collect::<Vec<_>>().into_iter()
}

/// Gives the ephemeral variables their values; those that have none are unknown, and named.
fn give_ephemeral(
    session: &Session,
    config: &Config,
    inputs: &[config::Input],
    wanted: &[String],
    variables: &mut BTreeMap<Str, GivenValue>,
    diags: &mut Diagnostics,
) -> Vec<Str> {
    let root = config.root();
    if !root.variables.values().any(|variable| variable.ephemeral) {
        return Vec::new();
    }
    let given = super::variables::given(session, config, &Files::disk(&session.dir), inputs, false, diags);
    let is_ephemeral = |name: &Str| root.variables.get(name).is_some_and(|variable| variable.ephemeral);
    variables.extend(given.into_iter().filter(|(name, _)| is_ephemeral(name)));
    let mut missing = Vec::new();
    for name in wanted {
        let name = Str::from(name.as_str());
        if let Some(variable) = root.variables.get(&name).filter(|_| !variables.contains_key(&name)) {
            let value = Value::unknown(variable.ty.without_optional());
            variables.insert(Str::clone(&name), GivenValue { value, how: String::new(), span: None });
            missing.push(name);
        }
    }
    missing
}

fn must_be_given(name: &str) -> Diagnostic {
    let detail = format!(
        "The root module input variable \"{name}\" is ephemeral and was set when the plan was made. Its value is not kept in \
         the saved plan, so it has to be given again, with -var, -var-file or the environment."
    );
    Diagnostic::error("No value for required variable", detail)
}

fn variable(given: &GivenValue) -> Variable {
    let sensitive = given.value.marks_deep().contains(Marks::SENSITIVE);
    let (plain, _) = given.value.clone().unmark_deep();
    Variable { value: json::to_json(&plain, Type::DYNAMIC), sensitive, how: given.how.clone() }
}

fn place() -> Place<'static> {
    Place { lineage: "plan", address: "plan", path: "content" }
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Normal => "normal",
        Mode::Destroy => "destroy",
        Mode::RefreshOnly => "refresh-only",
    }
}

fn mode_of(word: &str) -> Option<Mode> {
    [Mode::Normal, Mode::Destroy, Mode::RefreshOnly].into_iter().find(|mode| mode_word(*mode) == word)
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn inflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(bytes), &mut out)?;
    Ok(out)
}
