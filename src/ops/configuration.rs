//! Reading and lowering a configuration.

use std::path::Path;
use std::sync::Arc;

use super::Session;
use super::files::Files;
use crate::config;
use crate::config::Config;
use crate::diag::Diagnostics;
use crate::eval;

/// A configuration that can be evaluated.
pub struct Loaded {
    /// Its declarations.
    pub config: Arc<Config>,
    /// Its lowered modules, by source.
    pub modules: Vec<eval::Module>,
    /// The files that were read, and will be.
    pub(super) files: Arc<Files>,
}

/// Reads the configuration of the session's folder; `None` when it has errors, which have been reported.
pub fn load(session: &Session, diags: &mut Diagnostics) -> Option<Loaded> {
    load_from(session, Arc::new(Files::disk(&session.dir)), diags)
}

pub(super) fn load_from(session: &Session, files: Arc<Files>, diags: &mut Diagnostics) -> Option<Loaded> {
    let config = config::load(Path::new(""), &session.sources, &*files, diags);
    if diags.has_errors() {
        return None;
    }
    let modules = config.modules.iter().map(|module| eval::lower(module, &config, diags)).collect();
    if diags.has_errors() {
        return None;
    }
    Some(Loaded { config: Arc::new(config), modules, files })
}
