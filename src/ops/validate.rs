//! Validating: whatever can be found wrong without a state, a credential or a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Session;
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::plan::Answer;
use crate::plan::GivenValue;
use crate::plan::Input;
use crate::plan::Options;
use crate::plan::Planner;
use crate::plan::Poll;
use crate::plan::Request;
use crate::provider::Read;
use crate::state::Snapshot;
use crate::value::Str;
use crate::value::Value;

/// Checks the configuration of the session's folder: variables without a value stand for any, and nothing is read.
pub fn validate(session: &Session, diags: &mut Diagnostics) {
    let Some(loaded) = super::load(session, diags) else { return };
    let input = Input {
        variables: unknown(&loaded.config),
        config: loaded.config,
        modules: loaded.modules,
        registry: Arc::clone(&session.registry),
        prior: Arc::new(Snapshot::begin()),
        options: options(),
        environment: session.environment(),
        sources: Arc::clone(&session.sources),
        files: loaded.files,
    };
    walk(session, &input, diags);
}

/// Whether nothing is wrong with the configuration of a plan by itself, whatever the state, the variables and the world
/// are. The input is given back as it was.
pub(super) fn is_sound(session: &Session, input: &mut Input) -> bool {
    let asked = std::mem::replace(&mut input.options, options());
    let prior = std::mem::replace(&mut input.prior, Arc::new(Snapshot::begin()));
    let given = unknown(&input.config);
    let variables = std::mem::replace(&mut input.variables, given);
    let mut found = Diagnostics::new();
    walk(session, input, &mut found);
    (input.options, input.prior, input.variables) = (asked, prior, variables);
    // An import goes wrong by itself where its target is not configured, and the rest can be planned all the same.
    let stops = |diagnostic: &Diagnostic| {
        diagnostic.severity == Severity::Error && diagnostic.summary != crate::plan::NO_IMPORT_TARGET
    };
    !found.iter().any(stops)
}

fn options() -> Options {
    // What depends on a variable is not wrong for that.
    Options { deferral: true, validating: true, ..Options::default() }
}

/// Values for the root module's variables that stand for any.
fn unknown(config: &Config) -> BTreeMap<Str, GivenValue> {
    let unknown = |ty: crate::value::Type| GivenValue {
        value: Value::unknown(ty.without_optional()),
        how: String::new(),
        span: None,
    };
    let variables = config.root().variables.iter();
    variables.map(|(name, variable)| (Str::clone(name), unknown(variable.ty))).collect()
}

fn walk(session: &Session, input: &Input, diags: &mut Diagnostics) {
    let mut planner = match Planner::new(input) {
        Ok(planner) => planner,
        Err(found) => return diags.extend(found),
    };
    loop {
        match planner.poll() {
            Poll::Need(requests) => {
                for (id, request) in requests {
                    planner.answer(id, nothing(session, &request));
                }
            }
            Poll::Wait => unreachable!("every request is answered at once"),
            Poll::Done | Poll::Refused => break,
        }
    }
    let (_, found) = planner.finish();
    // Nothing is known here, so that a check is not either is no news.
    diags.extend(found.into_iter().filter(|diagnostic| diagnostic.summary != crate::plan::CHECK_LATER));
}

/// An answer that says nothing: every value is unknown.
fn nothing(session: &Session, request: &Request) -> Answer {
    match request {
        Request::Configure { .. } => Answer::Configured(Ok(())),
        Request::Read { items, .. } => Answer::Read(items.iter().map(|_| Ok(Read::Absent)).collect()),
        Request::Import { ty, .. } => {
            let ty = session.registry.resource(ty).expect("only known types are imported");
            Answer::Imported(Ok(Some(ty.schema().empty())))
        }
        Request::Data { ty, config, .. } => {
            let source = session.registry.data(ty).expect("only known data sources are read");
            let schema = source.schema();
            let computed = schema
                .root()
                .attributes()
                .iter()
                .filter(|(name, attribute)| attribute.is_computed() && config.get(name).is_none_or(Value::is_null));
            let unknown = computed.map(|(name, attribute)| (Str::clone(name), Value::unknown(attribute.ty)));
            Answer::Data(Ok(config.with(unknown)))
        }
    }
}
