//! The way to a host: what its configuration says, laid over what `~/.ssh/config` does, hop by hop.

use std::path::PathBuf;

use super::Hidden;
use super::Sudo;
use super::Surroundings;
use super::Trust;
use super::config::HostConfig;

/// The port that goes without saying.
const SSH: u16 = 22;
/// Who it is where nothing says it.
const ROOT: &str = "root";
/// More hops than anybody has.
const HOPS: usize = 8;

/// Where a host is and how to be let in, as its configuration says.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Target {
    /// A name, an address, or a `Host` of `~/.ssh/config`.
    pub host: String,
    /// 22 where neither this nor `~/.ssh/config` says it.
    pub port: Option<u16>,
    /// The local user where neither this nor `~/.ssh/config` says it.
    pub user: Option<String>,
    /// How to be let in.
    pub login: Login,
    /// Whom to trust.
    pub trust: Trust,
    /// What to go through.
    pub bastion: Option<Bastion>,
    /// How to become root, where that is wanted.
    pub sudo: Option<Sudo>,
}

/// How to be let in.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Login {
    /// A private key, whole; with one, no other is offered.
    pub private_key: Option<Hidden>,
    /// For keys that are encrypted.
    pub passphrase: Option<Hidden>,
    /// A certificate of the private key: the text of `id_ed25519-cert.pub`.
    pub certificate: Option<String>,
    /// Whether the agent must be asked, or must not; asked where there is one, if neither is said.
    pub agent: Option<bool>,
    /// Offered only because it is given.
    pub password: Option<Hidden>,
}

/// What to go through.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Bastion {
    /// `user@address:port`; several go one after another, separated by commas.
    pub route: String,
    /// How to be let in there; as at the host itself where nothing is said.
    pub login: Option<Login>,
    /// Its keys, as in [`Trust::host_key`].
    pub host_key: Option<String>,
}

/// One connection on the way, the last one to the host itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hop {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) login: Login,
    /// Of `~/.ssh/config`.
    pub(super) identity_files: Vec<PathBuf>,
    pub(super) trust: Trust,
}

impl Hop {
    /// `user@host:port`.
    pub(super) fn told(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            SSH => format!("{}@{host}", self.user),
            port => format!("{}@{host}:{port}", self.user),
        }
    }

    /// Whether a connection of one can serve the other. Trust is not of it: it is judged by the key that was shown.
    pub(super) fn is_same_way(&self, other: &Self) -> bool {
        self.host == other.host
            && self.port == other.port
            && self.user == other.user
            && self.login == other.login
            && self.identity_files == other.identity_files
    }
}

/// Who was to be let in, and where, the host first and what was gone through behind it.
pub(super) fn tried(hops: &[Hop]) -> String {
    let spot = |hop: &Hop| match hop.port {
        SSH => format!("{}:{SSH}", hop.told()),
        _ => hop.told(),
    };
    let Some((host, before)) = hops.split_last() else { return String::new() };
    match before.iter().map(spot).collect::<Vec<_>>().join(",") {
        via if via.is_empty() => spot(host),
        via => format!("{} via {via}", spot(host)),
    }
}

/// All hops to a host, in order.
pub(super) fn hops(target: &Target, around: &Surroundings) -> Result<Vec<Hop>, String> {
    let own = around.config().of(&target.host);
    let through = match &target.bastion {
        Some(bastion) => Some(bastion.route.clone()),
        None => own.proxy_jump.clone().filter(|jump| !jump.eq_ignore_ascii_case("none")),
    };
    let login = match target.bastion.as_ref().and_then(|bastion| bastion.login.clone()) {
        Some(login) => login,
        // A password is for one host.
        None => Login { password: None, ..target.login.clone() },
    };
    let host_key = target.bastion.as_ref().and_then(|bastion| bastion.host_key.clone());
    let mut hops = Vec::new();
    for spot in through.iter().flat_map(|route| route.split(',')) {
        let (user, host, port) = parse(spot).ok_or_else(|| not_a_spot(spot))?;
        let config = around.config().of(&host);
        let trust = Trust { host_key: host_key.clone(), accepts_new: false };
        hops.push(hop(&host, user, port, &login, trust, config, around));
    }
    if hops.len() > HOPS {
        return Err(format!("a way of {} hops is too long; {HOPS} are the most", hops.len()));
    }
    let (user, port) = (target.user.clone(), target.port);
    hops.push(hop(&target.host, user, port, &target.login, target.trust.clone(), own, around));
    Ok(hops)
}

fn hop(
    host: &str,
    user: Option<String>,
    port: Option<u16>,
    login: &Login,
    trust: Trust,
    config: HostConfig,
    around: &Surroundings,
) -> Hop {
    let port = port.or(config.port).unwrap_or(SSH);
    let user = user.or(config.user).or_else(|| around.user.clone()).unwrap_or_else(|| ROOT.to_owned());
    let real = config.host_name.unwrap_or_else(|| host.to_owned());
    let files = config.identity_files.iter().filter_map(|file| around.expanded(file, &real, port, &user));
    let identity_files = files.collect();
    let trust = Trust { accepts_new: trust.accepts_new || config.accepts_new, ..trust };
    Hop { host: real, port, user, login: login.clone(), identity_files, trust }
}

/// Complains of a way that is none.
pub fn problem_of_route(route: &str) -> Option<String> {
    route.split(',').find(|spot| parse(spot).is_none()).map(not_a_spot)
}

fn not_a_spot(spot: &str) -> String {
    format!(
        "`{}` is not a host to go through. Write `user@address:port`; the user and the port may be left out.",
        spot.trim()
    )
}

/// `user@host:port`, with brackets round an IPv6 address.
fn parse(spot: &str) -> Option<(Option<String>, String, Option<u16>)> {
    let spot = spot.trim();
    let spot = spot.strip_prefix("ssh://").unwrap_or(spot);
    let (user, rest) = spot.rsplit_once('@').map_or((None, spot), |(user, rest)| (Some(user), rest));
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, after)) => (host, Some(after.strip_prefix(':')?)),
        None if rest.matches(':').count() > 1 => (rest, None),
        None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
    };
    let is_word = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '/');
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    (is_word(host) && user.is_none_or(is_word)).then(|| (user.map(str::to_owned), host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::provider::Credentials;

    struct Home(String);

    impl Credentials for Home {
        fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
            match names {
                ["HOME"] => Some(("HOME", self.0.clone())),
                ["USER", ..] => Some(("USER", "me".to_owned())),
                _ => None,
            }
        }

        fn keyring(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn told(target: &Target, config: &str) -> Vec<String> {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".ssh")).unwrap();
        std::fs::write(home.path().join(".ssh/config"), config).unwrap();
        let around = Surroundings::new(Arc::new(Home(home.path().to_str().unwrap().to_owned())));
        hops(target, &around).unwrap().iter().map(Hop::told).collect()
    }

    fn target(host: &str) -> Target {
        Target { host: host.to_owned(), ..Target::default() }
    }

    #[test]
    fn what_is_configured_goes_before_what_the_users_file_says() {
        let config = "Host web\nHostName 10.0.0.5\nUser deploy\nPort 2222\nProxyJump ops@jump,second:23\n\
                      Host jump\nHostName jump.example.com\nUser nobody\nPort 24\n";
        assert_eq!(told(&target("web"), config), ["ops@jump.example.com:24", "me@second:23", "deploy@10.0.0.5:2222"]);
        assert_eq!(told(&target("db"), config), ["me@db"]);
        let (user, port) = (Some("root".to_owned()), Some(22));
        let bastion = Some(Bastion { route: "x@[fd00::1]:25".to_owned(), ..Bastion::default() });
        let given = Target { user, port, bastion, ..target("web") };
        assert_eq!(told(&given, config), ["x@[fd00::1]:25", "root@10.0.0.5"]);
        assert_eq!(told(&target("web"), "Host *\nProxyJump none\n"), ["me@web"]);
    }

    #[test]
    fn a_password_is_offered_to_its_own_host_only() {
        let login = Login { password: Some(Hidden::new("x")), agent: Some(false), ..Login::default() };
        let bastion = Some(Bastion { route: "jump".to_owned(), ..Bastion::default() });
        let around = Surroundings::new(Arc::new(Home("/nowhere".to_owned())));
        let hops = hops(&Target { login, bastion, ..target("web") }, &around).unwrap();
        assert_eq!((hops[0].login.password.is_none(), hops[0].login.agent), (true, Some(false)));
        assert!(hops[1].login.password.is_some());
    }

    #[test]
    fn a_spot_has_a_user_an_address_and_a_port() {
        let spot = |user: Option<&str>, host: &str, port| Some((user.map(str::to_owned), host.to_owned(), port));
        for (text, expected) in [
            ("a", spot(None, "a", None)),
            (" u@a:1 ", spot(Some("u"), "a", Some(1))),
            ("ssh://u@a", spot(Some("u"), "a", None)),
            ("[fd00::1]:2", spot(None, "fd00::1", Some(2))),
            ("fd00::1", spot(None, "fd00::1", None)),
            ("u@d@a", spot(Some("u@d"), "a", None)),
            ("", None),
            ("a:", None),
            ("a:0", None),
            ("a:x", None),
            ("@a", None),
            ("a b", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert!(problem_of_route("a,b:x").unwrap().contains("`b:x`") && problem_of_route("a,b").is_none());
    }
}
