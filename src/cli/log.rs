//! `TF_LOG` and `INFRA_LOG`: what the program notes for who looks for a mistake in it, on stderr.

use tracing_subscriber::EnvFilter;

use super::environment::Environment;

/// Begins to note, if asked: at `trace`, `debug`, `info`, `warn` or `error`.
pub(super) fn begin(environment: &Environment) {
    let Some(asked) = environment.setting("LOG") else { return };
    let level = match &*asked.to_lowercase() {
        "off" | "0" | "false" => return,
        level @ ("trace" | "debug" | "info" | "warn" | "error") => level.to_owned(),
        // Terraform notes everything for any other word, such as `1` or `json`.
        _ => "trace".to_owned(),
    };
    // Only our own notes: libraries may write what they send, and that holds credentials.
    let filter = EnvFilter::new(format!("infra={level}"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // A second one cannot be set, and there is none.
    let _ = subscriber.try_init();
}
