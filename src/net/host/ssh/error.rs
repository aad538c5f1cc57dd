//! Why a host cannot be worked on over SSH, and whether that may pass by itself.

use std::io;

use super::route::Hop;
use super::route::tried;
use super::trust::Distrust;
use crate::provider::ProviderError;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum SshError {
    #[error("its name `{host}` cannot be resolved")]
    Name {
        host: String,
        #[source]
        source: io::Error,
    },
    #[error("port {port} of {host} cannot be connected to")]
    Connect {
        host: String,
        port: u16,
        #[source]
        source: io::Error,
    },
    #[error("what answers on port {port} of {host} does not begin an SSH connection ({message})")]
    Handshake { host: String, port: u16, message: String },
    #[error("{0}")]
    Distrust(#[from] Distrust),
    #[error("it does not let {user} in; it accepts {methods}, and was offered {offered}")]
    NotLetIn { user: String, methods: String, offered: String },
    #[error("{0}")]
    Key(String),
    #[error("the connection to its bastion {bastion} leads no further ({message})")]
    Tunnel { bastion: String, message: String },
    #[error("its bastion {bastion}: {source}")]
    Bastion { bastion: String, source: Box<SshError> },
    #[error("{0}")]
    Unusable(String),
}

/// How a host stands that cannot be reached now.
#[derive(Debug)]
pub struct Obstacle {
    /// To follow on `still`: `refusing connections on port 22`.
    pub state: String,
    /// Everything that is known of it.
    pub cause: String,
    /// What can be done about it, in a sentence without its end.
    pub advice: &'static str,
    /// Who was to be let in, and where: `root@10.0.0.5:22 via ops@192.0.2.1:22`.
    pub tried: String,
    /// What kind of one it is.
    pub kind: Kind,
}

/// Kinds of obstacles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It may come up.
    Down,
    /// It is up and does not let us in; while it boots that may change.
    Login,
    /// It is up, and nothing says whether it is the right one: somebody must.
    Stranger,
}

impl SshError {
    /// What this is for who waits for a machine to come up by these hops; an error where waiting does not help.
    pub(super) fn obstacle(self, doing: &str, hops: &[Hop]) -> Result<Obstacle, ProviderError> {
        let cause = crate::diag::with_causes(&self);
        match self.state() {
            Some(state) => {
                let (advice, tried) = (self.advice(), tried(hops));
                Ok(Obstacle { state, cause, advice, tried, kind: self.kind() })
            }
            None => Err(ProviderError::refused(doing, cause)),
        }
    }

    /// What its user can see to.
    fn advice(&self) -> &'static str {
        match self {
            Self::Name { .. } => "Check the name in `address`, or give the IP address itself",
            Self::Connect { source, .. } => match source.kind() {
                io::ErrorKind::ConnectionRefused => {
                    "See whether its SSH server runs, whether this is its `port`, and whether a firewall refuses us"
                }
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                    "See whether the address is right, and whether this machine has a way to that network, as by a VPN or a \
                     `bastion`"
                }
                _ => {
                    "See whether the address is right, whether the machine is switched on, and whether a firewall drops \
                     connections from here"
                }
            },
            Self::Handshake { .. } => "See whether this is the `port` of its SSH server, and whether that is well",
            Self::NotLetIn { .. } => {
                "See whether this is the right `user`, and whether the host knows one of the keys: `ssh -v` shows the same"
            }
            Self::Tunnel { .. } => "See whether the host can be reached from its bastion",
            Self::Bastion { source, .. } => source.advice(),
            Self::Distrust(_) | Self::Key(_) | Self::Unusable(_) => "",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotLetIn { .. } => Kind::Login,
            Self::Distrust(Distrust { is_stranger: true, .. }) => Kind::Stranger,
            Self::Bastion { source, .. } => source.kind(),
            _ => Kind::Down,
        }
    }

    /// `None` for what neither passes by itself nor goes without saying before the host is known.
    fn state(&self) -> Option<String> {
        Some(match self {
            Self::Name { host, .. } => format!("without an address for `{host}`"),
            Self::Connect { port, source, .. } => match source.kind() {
                io::ErrorKind::ConnectionRefused => format!("refusing connections on port {port}"),
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                    "without a route to it".to_owned()
                }
                io::ErrorKind::TimedOut => format!("silent on port {port}"),
                _ => format!("not to be connected to on port {port}"),
            },
            Self::Handshake { port, .. } => format!("without an SSH server that answers on port {port}"),
            Self::NotLetIn { user, .. } => format!("not letting {user} in"),
            Self::Tunnel { bastion, .. } => format!("out of reach of its bastion {bastion}"),
            Self::Bastion { bastion, source } => format!("behind its bastion {bastion}, which is {}", source.state()?),
            Self::Distrust(Distrust { is_stranger: true, .. }) => "a stranger".to_owned(),
            Self::Distrust(_) | Self::Key(_) | Self::Unusable(_) => return None,
        })
    }
}

/// How a script did not come to its end.
#[derive(Debug)]
pub(super) enum Broken {
    /// Nothing of it was sent.
    NotBegun(String),
    /// It was sent, and nothing more is heard.
    Lost(String),
    /// The host would not run it.
    Refused(String),
}
