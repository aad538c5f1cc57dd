//! How a database is reached: an address with its credentials, as the API tells it.

use serde::Deserialize;

use super::values::int;
use super::values::text;
use crate::value::Value;

/// One way of connecting to a cluster, a replica or a pool.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Access {
    uri: Option<String>,
    database: Option<String>,
    host: Option<String>,
    port: Option<i64>,
    user: Option<String>,
    password: Option<String>,
}

/// Under which names an object shows a way of connecting; an empty name is not shown.
#[derive(Clone, Copy, Default)]
pub(super) struct Names {
    pub(super) host: &'static str,
    pub(super) port: &'static str,
    pub(super) user: &'static str,
    pub(super) database: &'static str,
    pub(super) uri: &'static str,
    pub(super) password: &'static str,
}

/// The names of the way that most take.
pub(super) const PUBLIC: Names =
    Names { host: "host", port: "port", user: "user", database: "database", uri: "uri", password: "password" };
/// The names of the way through the private network, which differs in its address only.
pub(super) const PRIVATE: Names =
    Names { host: "private_host", port: "", user: "", database: "", uri: "private_uri", password: "" };

impl Access {
    /// What the answer says. Without the scope for credentials the vendor leaves them out, of addresses too: then
    /// nothing is said of either, so that what is known of them stays.
    pub(super) fn shown(&self, names: Names) -> Vec<(&'static str, Value)> {
        let has_credentials = self.password.as_deref().is_some_and(|password| !password.is_empty());
        let secret = |secret: &Option<String>| text(secret.as_deref().filter(|_| has_credentials));
        let all = [
            (names.host, text(self.host.as_deref())),
            (names.port, int(self.port)),
            (names.user, text(self.user.as_deref())),
            (names.database, text(self.database.as_deref())),
            (names.uri, secret(&self.uri)),
            (names.password, secret(&self.password)),
        ];
        all.into_iter().filter(|(name, value)| !name.is_empty() && !value.is_null()).collect()
    }
}
