//! Values for the root module's variables: read, and made values.

use std::collections::BTreeMap;

use super::Loaded;
use super::Session;
use crate::config;
use crate::config::InputOrigin;
use crate::config::InputValue;
use crate::diag::Diagnostics;
use crate::eval::Evaluator;
use crate::eval::NoScope;
use crate::eval::Templates;
use crate::eval::lower_expr;
use crate::plan::GivenValue;
use crate::value::Str;
use crate::value::Value;

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
    let files = super::files::Files::disk(&session.dir);
    let config = config::read(std::path::Path::new(""), &sources, &files, &mut diags);
    let gathered = config::gather_variables(config.root(), inputs, &sources, &files, &mut diags);
    if diags.has_errors() {
        return Vec::new();
    }
    let missing = config::missing_variables(config.root(), &gathered);
    let described = missing.map(|(name, variable)| MissingVariable {
        name: name.to_string(),
        description: variable.description.as_ref().map(ToString::to_string),
        sensitive: variable.sensitive,
    });
    described.collect()
}

/// The values given for the root module's variables. One that is missing is reported.
pub(super) fn given(
    session: &Session,
    loaded: &Loaded,
    inputs: &[config::Input],
    must_be_complete: bool,
    diags: &mut Diagnostics,
) -> BTreeMap<Str, GivenValue> {
    let root = loaded.config.root();
    let gathered = config::gather_variables(root, inputs, &session.sources, &*loaded.files, diags);
    if must_be_complete {
        config::require_variables(root, &gathered, diags);
    }
    let mut given = BTreeMap::new();
    for (name, input) in gathered {
        let value = match &input.value {
            InputValue::Text(text) => Value::String(Str::clone(text)),
            InputValue::Expr(expr) => constant(session, loaded, expr, diags),
        };
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

fn constant(session: &Session, loaded: &Loaded, expr: &crate::syntax::Expr, diags: &mut Diagnostics) -> Value {
    let (arena, root, _) = lower_expr(expr, loaded.config.root(), &loaded.config, diags);
    let files: &dyn crate::eval::function::Files = &*loaded.files;
    let templates = Templates::new(&session.dir, session.home.as_deref(), session.clock.now(), files);
    let cx = templates.cx();
    Evaluator::new(&arena, &NoScope::default(), &cx, diags).expr(root)
}
