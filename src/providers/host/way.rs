//! The way to a host: where it is and, for one behind an address, how to be let in and whom to trust.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use super::endpoint::Endpoint;
use crate::net::host::ssh::Bastion;
use crate::net::host::ssh::Hidden;
use crate::net::host::ssh::Login;
use crate::net::host::ssh::Sudo;
use crate::net::host::ssh::Target;
use crate::net::host::ssh::Trust;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

/// How long a machine may take to boot.
const BOOT: Duration = Duration::from_secs(300);

/// The way to one host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way {
    pub(crate) endpoint: Endpoint,
    /// For a machine at an address.
    pub(crate) target: Option<Target>,
    /// How long it is waited for.
    pub(crate) patience: Duration,
}

impl Way {
    /// The way to a whole `host_machine`; `None` while its connection is not known.
    pub(crate) fn of_machine(machine: &Object) -> Option<Self> {
        let endpoint = Endpoint::of_machine(machine)?;
        let connection = machine.get("connection")?.as_object()?;
        let target = match &endpoint {
            Endpoint::Local { .. } => None,
            Endpoint::Remote { user, address, .. } => {
                // A port that is not configured may be in the user's own configuration of SSH.
                let port = connection.int("port").and_then(|port| u16::try_from(port).ok());
                let host_key = machine.str("host_key").filter(|key| !key.is_empty()).map(str::to_owned);
                Some(Target {
                    host: address.clone(),
                    port,
                    user: user.clone(),
                    login: Login {
                        private_key: hidden(connection, "private_key"),
                        passphrase: hidden(connection, "passphrase"),
                        certificate: connection.str("certificate").map(|text| text.trim().to_owned()),
                        agent: connection.bool("agent"),
                        password: hidden(connection, "password"),
                    },
                    trust: Trust { host_key, accepts_new: false },
                    bastion: bastion(connection),
                    sudo: (connection.bool("sudo") == Some(true))
                        .then(|| Sudo { password: hidden(connection, "sudo_password") }),
                })
            }
        };
        let patience = connection.str("timeout").and_then(duration).unwrap_or(BOOT);
        Some(Self { endpoint, target, patience })
    }

    /// The way to the host that an object is on, by its `host` attribute.
    pub(crate) fn of_object(object: &Object) -> Option<Self> {
        Self::of_machine(object.get("host")?.as_object()?)
    }

    /// The same, where a host of which nothing is known is taken for the right one: it was made just now.
    pub(crate) fn accepting(mut self) -> Self {
        if let Some(target) = &mut self.target {
            target.trust.accepts_new = true;
        }
        self
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}

fn bastion(connection: &Object) -> Option<Bastion> {
    let route = connection.str("bastion").filter(|route| !route.is_empty())?.to_owned();
    let login = connection.get("bastion_private_key").is_some_and(|key| !key.is_null()).then(|| Login {
        private_key: hidden(connection, "bastion_private_key"),
        certificate: connection.str("bastion_certificate").map(|text| text.trim().to_owned()),
        ..Login::default()
    });
    Some(Bastion { route, login, host_key: connection.str("bastion_host_key").map(str::to_owned) })
}

fn hidden(connection: &Object, name: &str) -> Option<Hidden> {
    connection.get(name).map(Value::unmarked)?.as_str().filter(|text| !text.is_empty()).map(Hidden::new)
}

/// A time to wait, as `90s` or `10m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.parse().ok()?;
    Duration::try_from(duration).ok()
}
