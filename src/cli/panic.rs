//! What a person reads when we broke our own promise.

use std::io::Write as _;

/// Replaces the default message: the place is told, and never a value.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        // What was written to the journal stays; nothing of the panic's own text is shown, as it may hold a value.
        let _ = writeln!(
            std::io::stderr().lock(),
            "\nError: infra has a mistake\n\nThis is our fault, not yours: infra {version} stopped at {place}.\nWhat was \
             done so far is recorded; run it again to go on. Please report it with this place and what\nyou ran. \
             INFRA_BACKTRACE=1 shows more."
        );
        if std::env::var_os("INFRA_BACKTRACE").is_some() {
            let trace = std::backtrace::Backtrace::force_capture();
            let _ = writeln!(std::io::stderr().lock(), "\n{trace}");
        }
    }));
}
