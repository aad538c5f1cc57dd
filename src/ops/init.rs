//! Reading a folder as `init` does: whether its files and modules can be read at all.

use std::path::Path;

use super::Session;
use super::files::Files;
use crate::config;
use crate::diag::Diagnostics;

/// Reads the configuration of the session's folder and reports what is wrong on the level of declarations. Gives whether
/// there is none. A simulation keeps its state apart, so it may have any backend.
pub fn init(session: &Session, is_simulated: bool, diags: &mut Diagnostics) -> bool {
    let config = config::read(Path::new(""), &session.sources, &Files::disk(&session.dir), diags);
    if !is_simulated {
        super::elsewhere::check_backend(session, &config, diags);
    }
    config.root().files.is_empty()
}
