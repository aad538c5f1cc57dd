//! Where a host is: what a `host_machine` says of its connection, and what tells one host from another.

use std::fmt;

use crate::provider::BatchKey;
use crate::provider::Problem;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// The port of SSH.
const SSH: i64 = 22;
/// What stands for this machine in a text.
const LOCAL: &str = "local";
/// What stands before the host that one goes through.
const VIA: &str = " via ";

/// The way to one host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    /// The machine that we run on, or a folder on it that stands for a host.
    Local { root: Option<String> },
    /// A machine at an address, which may be good only behind some other host.
    Remote { user: Option<String>, address: String, port: i64, via: Option<String> },
}

impl Endpoint {
    /// The endpoint of a whole `host_machine`; `None` while its connection is not known.
    pub(crate) fn of_machine(machine: &Object) -> Option<Self> {
        let connection = machine.get("connection")?.as_object()?;
        if !connection.get("local").is_none_or(Value::is_known)
            || !connection.get("address").is_none_or(Value::is_known)
            || !connection.get("bastion").is_none_or(Value::is_known)
        {
            return None;
        }
        if connection.bool("local") == Some(true) {
            let root = connection.str("root").filter(|root| !root.is_empty());
            return Some(Self::Local { root: root.map(str::to_owned) });
        }
        Some(Self::Remote {
            user: connection.str("user").map(str::to_owned),
            address: connection.str("address")?.to_owned(),
            port: connection.int("port").unwrap_or(SSH),
            via: connection.str("bastion").filter(|via| !via.is_empty()).map(str::to_owned),
        })
    }

    /// The endpoint of the host that an object is on, by its `host` attribute.
    pub(crate) fn of_object(object: &Object) -> Option<Self> {
        Self::of_machine(object.get("host")?.as_object()?)
    }

    /// Reads back what `Display` writes: `local`, `local:/srv/root`, `deploy@10.0.0.5:2222 via ops@bastion`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == LOCAL {
            return Some(Self::Local { root: None });
        }
        if let Some(root) = text.strip_prefix(LOCAL).and_then(|rest| rest.strip_prefix(':')) {
            return (!root.is_empty()).then(|| Self::Local { root: Some(root.to_owned()) });
        }
        let (text, via) = text.split_once(VIA).map_or((text, None), |(text, via)| (text, Some(via.to_owned())));
        let (user, rest) = text.split_once('@').map_or((None, text), |(user, rest)| (Some(user.to_owned()), rest));
        let is_bare_ipv6 = rest.matches(':').count() > 1 && !rest.contains("]:");
        let (address, port) = match rest.rsplit_once(':') {
            Some((address, port)) if !is_bare_ipv6 => (address, port.parse().ok()?),
            _ => (rest, SSH),
        };
        let address = address.trim_start_matches('[').trim_end_matches(']').to_owned();
        (!address.is_empty()).then_some(Self::Remote { user, address, port, via })
    }

    /// Splits the import id of something on a host: `<endpoint>:/path`.
    pub(crate) fn parse_with_path(id: &str) -> Option<(Self, &str)> {
        let at = match id.strip_prefix("local:") {
            // `local:/etc/motd` is on the machine itself, `local:/srv/root:/etc/motd` under a root.
            Some(rest) => rest.find(":/").map_or("local".len(), |at| at + "local:".len()),
            None => id.find(":/")?,
        };
        let path = id.get(at + 1..)?;
        Some((Self::parse(&id[..at])?, path))
    }

    /// Whether two are one place, whoever logs in there. One address behind two bastions is two machines; with and without
    /// one it is another way to the same.
    fn is_at(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Remote { address, port, via, .. }, Self::Remote { address: a, port: p, via: v, .. }) => {
                let is_one_way = via.is_none() || v.is_none() || via == v;
                (address, port) == (a, p) && is_one_way
            }
            (local, other) => local == other,
        }
    }

    /// Reads at one endpoint share a question.
    pub(crate) fn batch_key(&self) -> BatchKey {
        BatchKey(self.to_string())
    }

    /// The `connection` of a machine that is only known by its endpoint, as an import has it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Local { root } => {
                let mut settings = vec![("local", Value::from(true))];
                settings.extend(root.as_deref().map(|root| ("root", Value::from(root))));
                settings
            }
            Self::Remote { user, address, port, via } => {
                let mut settings = vec![("address", Value::from(address.as_str()))];
                // A port that goes without saying is seldom configured.
                settings.extend((*port != SSH).then(|| ("port", Value::from(*port))));
                settings.extend(user.as_deref().map(|user| ("user", Value::from(user))));
                settings.extend(via.as_deref().map(|via| ("bastion", Value::from(via))));
                settings
            }
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local { root: None } => f.write_str(LOCAL),
            Self::Local { root: Some(root) } => write!(f, "{LOCAL}:{root}"),
            Self::Remote { user, address, port, via } => {
                if let Some(user) = user {
                    write!(f, "{user}@")?;
                }
                // Brackets also tell a host that is named `local` from this machine.
                let is_mistaken = user.is_none() && address == LOCAL;
                match (is_mistaken || address.contains(':'), *port) {
                    (false, SSH) => f.write_str(address)?,
                    (true, SSH) => write!(f, "[{address}]")?,
                    (false, port) => write!(f, "{address}:{port}")?,
                    (true, port) => write!(f, "[{address}]:{port}")?,
                }
                via.as_deref().map_or(Ok(()), |via| write!(f, "{VIA}{via}"))
            }
        }
    }
}

/// Whether two `host` attributes name one host, by whichever way: neither another key to log in with nor a new kernel is a
/// change of everything on it.
pub(crate) fn same_host(a: &Value, b: &Value) -> bool {
    a.as_object().zip(b.as_object()).is_some_and(|(a, b)| is_same_machine(a, b))
}

/// Whether two machines are one: by what they are (`identity`), else by where they are.
pub(crate) fn is_same_machine(a: &Object, b: &Object) -> bool {
    match (a.str("identity"), b.str("identity")) {
        (Some(a), Some(b)) => a == b,
        _ => Endpoint::of_machine(a).is_some_and(|a| Endpoint::of_machine(b).is_some_and(|b| a.is_at(&b))),
    }
}

/// Complains of a `host` that is not a machine.
pub(crate) fn validate_host(config: &Object) -> Option<Problem> {
    let host = config.get("host")?;
    if !host.is_known() || host.as_object().is_some_and(|machine| machine.get("connection").is_some()) {
        return None;
    }
    Some(Problem {
        path: Path::of("host"),
        summary: "Invalid host".to_owned(),
        detail: "This must be a whole host_machine, as in `host = host_machine.web`.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_id_says_where_a_host_is_and_what_is_meant_on_it() {
        for (id, endpoint, path) in [
            ("local:/etc/motd", "local", "/etc/motd"),
            ("local:/srv/a:/etc/motd", "local:/srv/a", "/etc/motd"),
            ("10.0.0.5:/a b", "10.0.0.5", "/a b"),
            ("deploy@10.0.0.5:2222:/etc/x:/y", "deploy@10.0.0.5:2222", "/etc/x:/y"),
            ("root@[fd00::1]:22:/x", "root@[fd00::1]", "/x"),
            ("10.0.0.5 via ops@b,[fd00::2]:23:/x", "10.0.0.5 via ops@b,[fd00::2]:23", "/x"),
        ] {
            let (found, rest) = Endpoint::parse_with_path(id).expect(id);
            assert_eq!((found.to_string().as_str(), rest), (endpoint, path));
            assert_eq!(Endpoint::parse(endpoint), Some(found));
        }
        for remote in ["localhost", "localdomain:2222", "local@10.0.0.5", "[local]", "[local]:2222", "root@local"] {
            let found = Endpoint::parse(remote).expect(remote);
            assert!(matches!(found, Endpoint::Remote { .. }), "{remote}");
            assert_eq!(found.to_string(), remote);
        }
        let (named, local) = (Endpoint::parse("[local]").unwrap(), Endpoint::parse("local").unwrap());
        assert_ne!(named.batch_key(), local.batch_key());
        assert_eq!(Endpoint::parse_with_path("localhost:/a").unwrap().0.to_string(), "localhost");
        for id in ["", "motd", "localhost", ":/x", "a:b:/x"] {
            assert!(Endpoint::parse_with_path(id).is_none(), "{id}");
        }
    }
}
