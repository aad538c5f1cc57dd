//! What a machine says of itself.

use std::str::Split;

use super::parsed;
use super::text;

/// The machine itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) os: Option<String>,
    pub(crate) kernel: String,
    pub(crate) architecture: String,
    pub(crate) hostname: Option<String>,
    pub(crate) cpus: i64,
    pub(crate) memory_mb: i64,
}

/// Reads the words of a record.
pub(super) fn facts(words: &mut Split<'_, char>) -> Option<Facts> {
    let release = text(words.next()?)?;
    let kernel = words.next()?.to_owned();
    let architecture = words.next()?.to_owned();
    let hostname = text(words.next()?)?.trim().to_owned();
    let cpus = parsed(words)?;
    let kilobytes: i64 = parsed(words)?;
    let os = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    Some(Facts {
        os: os.map(|name| name.trim_matches(['"', '\'']).to_owned()),
        kernel,
        architecture,
        hostname: Some(hostname).filter(|name| !name.is_empty()),
        cpus,
        memory_mb: kilobytes / 1024,
    })
}
