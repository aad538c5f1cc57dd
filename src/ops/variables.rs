//! Values for the root module's variables: read, and made values.

use std::collections::BTreeMap;

use super::Planned;
use super::Session;
use super::files::Files;
use crate::config;
use crate::config::Config;
use crate::config::InputOrigin;
use crate::config::InputValue;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::eval::Evaluator;
use crate::eval::NoScope;
use crate::eval::Templates;
use crate::eval::lower_expr;
use crate::plan::GivenValue;
use crate::value::Str;
use crate::value::Value;
use crate::value::convert::convert;

/// A variable that has neither a value nor a default.
#[derive(Debug, Clone)]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// What its author says of it.
    pub description: Option<String>,
    /// Whether what is typed for it must not be seen.
    pub sensitive: bool,
}

/// The variables that somebody has to be asked for. None where the configuration cannot be read, which the operation
/// reports.
pub fn missing(session: &Session, inputs: &[config::Input]) -> Vec<MissingVariable> {
    // What is wrong is found again, and reported then, with sources of its own.
    let (sources, mut diags) = (crate::diag::Sources::new(), Diagnostics::new());
    let files = Files::disk(&session.dir);
    let config = config::read(std::path::Path::new(""), &sources, &files, &mut diags);
    let gathered = config::gather_variables(config.root(), inputs, &sources, &files, &mut diags);
    if diags.has_errors() {
        return Vec::new();
    }
    let missing = config::missing_variables(config.root(), &gathered);
    let described = missing.map(|(name, variable)| MissingVariable {
        name: name.to_string(),
        description: variable.description.as_ref().map(ToString::to_string),
        sensitive: variable.sensitive || variable.ephemeral,
    });
    described.collect()
}

/// The values given for the root module's variables. One that is missing is reported.
pub(super) fn given(
    session: &Session,
    config: &Config,
    files: &Files,
    inputs: &[config::Input],
    must_be_complete: bool,
    diags: &mut Diagnostics,
) -> BTreeMap<Str, GivenValue> {
    let root = config.root();
    let gathered = config::gather_variables(root, inputs, &session.sources, files, diags);
    if must_be_complete {
        config::require_variables(root, &gathered, diags);
    }
    let mut given = BTreeMap::new();
    for (name, input) in gathered {
        let value = value_of(session, config, files, &input.value, diags);
        let (how, span) = match &input.from {
            InputOrigin::Env => (format!("set using the TF_VAR_{name} environment variable"), None),
            InputOrigin::CommandLine => (format!("set using -var=\"{name}=...\""), None),
            InputOrigin::AutoFile(_) | InputOrigin::NamedFile(_) => {
                ("set from outside of the configuration".to_owned(), Some(input.span))
            }
        };
        given.insert(name, GivenValue { value, how, span });
    }
    given
}

/// Reports values that were given for a saved plan's variables and are not what the plan holds: on the command line they
/// are a mistake, in the environment they are ignored. Files that are always read may well have changed since.
pub fn check_saved(session: &Session, planned: &Planned, inputs: &[config::Input], diags: &mut Diagnostics) {
    let (config, files) = (&planned.input.config, Files::disk(&session.dir));
    // What else is wrong with them does not matter any more.
    let mut unheard = Diagnostics::new();
    let gathered = config::gather_variables(config.root(), inputs, &session.sources, &files, &mut unheard);
    for (name, input) in gathered {
        let Some(variable) = config.root().variables.get(&name).filter(|variable| !variable.ephemeral) else {
            continue;
        };
        let value = value_of(session, config, &files, &input.value, &mut unheard);
        let value = convert(&value, variable.ty.without_optional()).unwrap_or(value).unmark_deep().0;
        let held = planned.made.plan.variables.get(&name);
        if held.is_some_and(|held| held.clone().unmark_deep().0 == value) {
            continue;
        }
        match input.from {
            InputOrigin::AutoFile(_) => {}
            InputOrigin::CommandLine | InputOrigin::NamedFile(_) => {
                let detail = format!(
                    "The variable {name} was given another value than the one that the saved plan holds. To use it, make a \
                     new plan; to apply the saved one, leave it out."
                );
                diags.push(Diagnostic::error("Can't change variable when applying a saved plan", detail));
            }
            InputOrigin::Env => {
                let detail = format!(
                    "The environment gives the variable {name} another value than the one that the saved plan holds, which \
                     counts. To use the other one, make a new plan."
                );
                diags.push(Diagnostic::warning("Ignoring variable when applying a saved plan", detail));
            }
        }
    }
}

fn value_of(session: &Session, config: &Config, files: &Files, value: &InputValue, diags: &mut Diagnostics) -> Value {
    let expr = match value {
        InputValue::Text(text) => return Value::String(Str::clone(text)),
        InputValue::Expr(expr) => expr,
    };
    let (arena, root, _) = lower_expr(expr, config.root(), config, diags);
    let templates = Templates::new(&session.dir, session.home.as_deref(), session.clock.now(), files);
    let cx = templates.cx();
    Evaluator::new(&arena, &NoScope::default(), &cx, diags).expr(root)
}
