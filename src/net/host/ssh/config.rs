//! `~/.ssh/config`, as far as it is ours to follow: `Host`, `HostName`, `User`, `Port`, `IdentityFile`, `ProxyJump`, and
//! `StrictHostKeyChecking accept-new`.
//!
//! As with OpenSSH the first value that is found counts, but for identity files, of which all do. Blocks of `Match` are
//! passed over, as what they ask cannot be answered here; `Match all` is one for every host.

use super::pattern;

/// A file's blocks, in order.
#[derive(Debug, Default)]
pub(super) struct ClientConfig {
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    /// Of `Host`; `None` for what no host can be in.
    patterns: Option<Vec<String>>,
    directives: Vec<(Directive, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Directive {
    HostName,
    User,
    Port,
    IdentityFile,
    ProxyJump,
    StrictHostKeyChecking,
}

/// What the file says of one host.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct HostConfig {
    /// Where it really is.
    pub(super) host_name: Option<String>,
    pub(super) user: Option<String>,
    pub(super) port: Option<u16>,
    /// As written: what a `%` or `~` stands for is not put in.
    pub(super) identity_files: Vec<String>,
    /// As written; `none` is a way without any.
    pub(super) proxy_jump: Option<String>,
    /// Whether the key of a host that is not known is taken on trust.
    pub(super) accepts_new: bool,
}

impl ClientConfig {
    /// Reads a file. What is not understood is passed over: it is for other programs.
    pub(super) fn parse(text: &str) -> Self {
        // What stands before the first `Host` is for all.
        let mut blocks = vec![Block { patterns: Some(vec!["*".to_owned()]), directives: Vec::new() }];
        for line in text.lines() {
            let Some((keyword, arguments)) = split(line) else { continue };
            let patterns = match keyword.as_str() {
                "host" => Some(arguments),
                "match" => matches!(arguments.as_slice(), [all] if all.eq_ignore_ascii_case("all"))
                    .then(|| vec!["*".to_owned()]),
                _ => {
                    let (Some(directive), Some(value)) = (Directive::of(&keyword), arguments.into_iter().next()) else {
                        continue;
                    };
                    blocks.last_mut().expect("there is one from the start").directives.push((directive, value));
                    continue;
                }
            };
            blocks.push(Block { patterns, directives: Vec::new() });
        }
        Self { blocks }
    }

    /// What it says of a host, by the name that the user gave.
    pub(super) fn of(&self, host: &str) -> HostConfig {
        let mut found = HostConfig::default();
        let mut checking = None;
        let has = |block: &&Block| {
            let patterns = block.patterns.as_deref().unwrap_or_default();
            pattern::matches_list(patterns.iter().map(String::as_str), host)
        };
        for (directive, value) in self.blocks.iter().filter(has).flat_map(|block| &block.directives) {
            match directive {
                Directive::HostName => _ = found.host_name.get_or_insert_with(|| value.replace("%h", host)),
                Directive::User => _ = found.user.get_or_insert_with(|| value.clone()),
                Directive::Port => found.port = found.port.or(value.parse().ok()),
                Directive::IdentityFile => found.identity_files.push(value.clone()),
                Directive::ProxyJump => _ = found.proxy_jump.get_or_insert_with(|| value.clone()),
                Directive::StrictHostKeyChecking => _ = checking.get_or_insert(value.as_str()),
            }
        }
        found.accepts_new = checking.is_some_and(|value| value.eq_ignore_ascii_case("accept-new"));
        found
    }
}

impl Directive {
    /// By its keyword in lower case.
    fn of(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "hostname" => Self::HostName,
            "user" => Self::User,
            "port" => Self::Port,
            "identityfile" => Self::IdentityFile,
            "proxyjump" => Self::ProxyJump,
            "stricthostkeychecking" => Self::StrictHostKeyChecking,
            _ => return None,
        })
    }
}

/// A line's keyword in lower case and its arguments, which may be quoted; between the two may be a `=`.
fn split(line: &str) -> Option<(String, Vec<String>)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let mut rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let mut arguments = Vec::new();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (argument, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        arguments.push(argument.to_owned());
        rest = after.trim_start();
    }
    Some((keyword.to_ascii_lowercase(), arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
# of everybody
IdentityFile ~/.ssh/common
Host web web-*
    HostName %h.example.com
    user = deploy
    Port 2222
    IdentityFile "~/my keys/web"
    ProxyJump ops@bastion:22   # through here
    Unheard of
Match host web exec "true"
    User mallory
Host * !db
    User everybody
    StrictHostKeyChecking accept-new
    Port x
Host db
    HostName=10.0.0.9
    ProxyJump none
Match all
    User last
"#;

    #[test]
    fn the_first_value_counts_and_identity_files_add_up() {
        let config = ClientConfig::parse(TEXT);
        let web = config.of("web-1");
        assert_eq!(web.host_name.as_deref(), Some("web-1.example.com"));
        assert_eq!((web.user.as_deref(), web.port), (Some("deploy"), Some(2222)));
        assert_eq!(web.identity_files, ["~/.ssh/common", "~/my keys/web"]);
        assert_eq!(web.proxy_jump.as_deref(), Some("ops@bastion:22"));
        assert!(web.accepts_new);
        let db = config.of("db");
        assert_eq!((db.host_name.as_deref(), db.user.as_deref()), (Some("10.0.0.9"), Some("last")));
        assert_eq!((db.proxy_jump.as_deref(), db.port, db.accepts_new), (Some("none"), None, false));
        assert_eq!(config.of("other").user.as_deref(), Some("everybody"));
        assert_eq!(ClientConfig::parse("").of("x"), HostConfig::default());
    }

    #[test]
    fn a_line_has_a_keyword_and_arguments() {
        for (line, keyword, arguments) in [
            ("Host a b", "host", &["a", "b"][..]),
            ("Port=22", "port", &["22"]),
            ("Port = 22 # why", "port", &["22"]),
            ("IdentityFile \"a b\" c", "identityfile", &["a b", "c"]),
            ("Host", "host", &[]),
        ] {
            let (found, rest) = split(line).unwrap();
            assert_eq!(
                (found.as_str(), rest.as_slice()),
                (keyword, &arguments.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>()[..]),
                "{line}"
            );
        }
        assert!(split("  # nothing").is_none() && split("").is_none());
    }
}
