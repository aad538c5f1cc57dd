//! What the user's machine gives: who they are, their `~/.ssh`, their agent, and their answer to a question.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;

use super::config::ClientConfig;
use super::known_hosts::KnownHosts;
use super::unlock::Unlocked;
use crate::provider::Credentials;

/// What all hosts of the machine that we run on know of others.
const OF_ALL: &str = "/etc/ssh/ssh_known_hosts";

/// The surroundings of all connections of a run.
pub struct Surroundings {
    home: Option<PathBuf>,
    pub(super) user: Option<String>,
    pub(super) agent: Option<PathBuf>,
    pub(super) credentials: Arc<dyn Credentials>,
    config: OnceLock<ClientConfig>,
    known_hosts: OnceLock<KnownHosts>,
    /// Keys that were encrypted, by the text that they came in: nobody is asked twice.
    pub(super) unlocked: Mutex<BTreeMap<String, Result<Unlocked, String>>>,
}

impl Surroundings {
    /// As the environment has them.
    pub fn new(credentials: Arc<dyn Credentials>) -> Self {
        let of = |names: &[&'static str]| credentials.env(names).map(|(_, value)| value).filter(|v| !v.is_empty());
        Self {
            home: of(&["HOME"]).map(PathBuf::from),
            user: of(&["USER", "LOGNAME"]),
            agent: of(&["SSH_AUTH_SOCK"]).map(PathBuf::from),
            credentials: Arc::clone(&credentials),
            config: OnceLock::new(),
            known_hosts: OnceLock::new(),
            unlocked: Mutex::default(),
        }
    }

    /// The user's own configuration of SSH.
    pub(super) fn config(&self) -> &ClientConfig {
        self.config.get_or_init(|| {
            let text = self.of_ssh("config").and_then(|path| std::fs::read_to_string(path).ok());
            ClientConfig::parse(&text.unwrap_or_default())
        })
    }

    /// What is known of hosts.
    pub(super) fn known_hosts(&self) -> &KnownHosts {
        self.known_hosts.get_or_init(|| {
            let mut hosts = KnownHosts::default();
            let own = ["known_hosts", "known_hosts2"].into_iter().filter_map(|name| self.of_ssh(name));
            for path in own.chain([PathBuf::from(OF_ALL)]) {
                // A line in some other encoding must not cost all others.
                if let Ok(bytes) = std::fs::read(&path) {
                    hosts.add(&String::from_utf8_lossy(&bytes), &self.told(&path));
                }
            }
            hosts
        })
    }

    /// A file in `~/.ssh`.
    pub(super) fn of_ssh(&self, name: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(".ssh").join(name))
    }

    /// A path of the user's configuration, with what `~` and `%` stand for; `None` for what cannot be told.
    pub(super) fn expanded(&self, text: &str, host: &str, port: u16, user: &str) -> Option<PathBuf> {
        let mut path = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                path.push(c);
                continue;
            }
            match chars.next()? {
                '%' => path.push('%'),
                'h' => path.push_str(host),
                'p' => path.push_str(&port.to_string()),
                'r' => path.push_str(user),
                'u' => path.push_str(self.user.as_deref()?),
                'd' => path.push_str(self.home.as_ref()?.to_str()?),
                _ => return None,
            }
        }
        match path.strip_prefix("~/") {
            Some(rest) => Some(self.home.as_ref()?.join(rest)),
            None => Some(PathBuf::from(path)),
        }
    }

    /// A path as a person writes it.
    pub(super) fn told(&self, path: &Path) -> String {
        match self.home.as_ref().and_then(|home| path.strip_prefix(home).ok()) {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}
