//! What a plan is made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Options;
use super::Registry;
use super::scope::Environment;
use crate::config::Config;
use crate::diag::Sources;
use crate::diag::Span;
use crate::eval;
use crate::eval::function::Files;
use crate::state::Snapshot;
use crate::value::Str;
use crate::value::Value;

/// All that a plan is made from.
pub struct Input {
    /// The declarations.
    pub config: Arc<Config>,
    /// The lowered modules, by source.
    pub modules: Vec<eval::Module>,
    /// The vendors.
    pub registry: Arc<Registry>,
    /// The state, open intents folded in.
    pub prior: Arc<Snapshot>,
    /// What the user asks.
    pub options: Options,
    /// What expressions can ask of the run.
    pub environment: Environment,
    /// Values given for the root module's variables.
    pub variables: BTreeMap<Str, GivenValue>,
    /// The texts that diagnostics point into.
    pub sources: Arc<Sources>,
    /// Files that functions read.
    pub files: Arc<dyn Files>,
}

/// A value given for a variable from outside the configuration.
#[derive(Debug, Clone)]
pub struct GivenValue {
    /// The value.
    pub value: Value,
    /// How it was set, as messages say: `set using -var="size=..."`.
    pub how: String,
    /// Its place, where it was read from a file.
    pub span: Option<Span>,
}
