//! Validating: whatever can be found wrong without a state, a credential or a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Session;
use crate::diag::Diagnostics;
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
    let unknown = |ty: crate::value::Type| GivenValue {
        value: Value::unknown(ty.without_optional()),
        how: String::new(),
        span: None,
    };
    let variables: BTreeMap<Str, GivenValue> = loaded
        .config
        .root()
        .variables
        .iter()
        .map(|(name, variable)| (Str::clone(name), unknown(variable.ty)))
        .collect();
    let input = Input {
        config: loaded.config,
        modules: loaded.modules,
        registry: Arc::clone(&session.registry),
        prior: Arc::new(Snapshot::begin()),
        // What depends on a variable is not wrong for that.
        options: Options { deferral: true, validating: true, ..Options::default() },
        environment: session.environment(),
        variables,
        sources: Arc::clone(&session.sources),
        files: loaded.files,
    };
    let mut planner = match Planner::new(&input) {
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
            Poll::Done => break,
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
