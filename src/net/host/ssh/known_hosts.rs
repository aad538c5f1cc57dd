//! What `known_hosts` files say: which keys a host is known by, and which nobody may show.
//!
//! Certificates of hosts are not supported, so the lines of their authorities say nothing here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use hmac::Mac;
use sha1::Sha1;

use super::key::HostKey;
use super::pattern;

/// The port that goes without saying.
const SSH: u16 = 22;

/// The lines of all files, in order.
#[derive(Debug, Default)]
pub(super) struct KnownHosts {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    hosts: Hosts,
    key: HostKey,
    is_revoked: bool,
    place: String,
}

#[derive(Debug)]
enum Hosts {
    Patterns(Vec<String>),
    /// A name of which only an HMAC with this salt is told.
    Hashed {
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
}

/// What is known of one host.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Its keys, each with the place where that is written.
    pub(super) keys: Vec<(HostKey, String)>,
    /// Keys that were taken back.
    pub(super) revoked: Vec<HostKey>,
}

impl KnownHosts {
    /// Takes in a file; lines that are none are passed over, as OpenSSH does.
    pub(super) fn add(&mut self, text: &str, path: &str) {
        let lines = text.lines().enumerate();
        self.lines.extend(lines.filter_map(|(at, line)| Line::parse(line, format!("{path}:{}", at + 1))));
    }

    /// What is known of a host; its name is the one that is connected to.
    pub(super) fn of(&self, host: &str, port: u16) -> Known {
        let name = name(host, port);
        let mut known = Known::default();
        for line in self.lines.iter().filter(|line| line.hosts.has(&name)) {
            match line.is_revoked {
                true => known.revoked.push(line.key.clone()),
                false => known.keys.push((line.key.clone(), line.place.clone())),
            }
        }
        known
    }
}

/// How a host is written in these files.
pub(super) fn name(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    if port == SSH { host } else { format!("[{host}]:{port}") }
}

impl Line {
    fn parse(line: &str, place: String) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('#') {
            return None;
        }
        let (marker, rest) = match line.starts_with('@') {
            true => line.split_once(char::is_whitespace)?,
            false => ("", line),
        };
        let is_revoked = match marker {
            "" => false,
            "@revoked" => true,
            _ => return None,
        };
        let (hosts, key) = rest.trim_start().split_once(char::is_whitespace)?;
        Some(Self { hosts: Hosts::parse(hosts)?, key: HostKey::parse(key)?, is_revoked, place })
    }
}

impl Hosts {
    fn parse(text: &str) -> Option<Self> {
        let Some(hashed) = text.strip_prefix("|1|") else {
            return Some(Self::Patterns(text.split(',').map(str::to_owned).collect()));
        };
        let (salt, hash) = hashed.split_once('|')?;
        Some(Self::Hashed { salt: STANDARD.decode(salt).ok()?, hash: STANDARD.decode(hash).ok()? })
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Patterns(patterns) => pattern::matches_list(patterns.iter().map(String::as_str), name),
            Self::Hashed { salt, hash } => {
                let mut mac = Hmac::<Sha1>::new_from_slice(salt).expect("an HMAC takes keys of any length");
                mac.update(name.as_bytes());
                mac.verify_slice(hash).is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO0Ty2SPCTrVqL84ceDlMY5UgBChayfb9BxqD5600k9y";

    #[test]
    fn hosts_are_found_by_name_pattern_port_and_hash() {
        let text = format!(
            "# a comment\n\nweb,10.0.0.5 {A} somebody\n[web]:2222 {B}\n*.example.com,!bad.example.com {A}\n\
             |1|XKdGVLdqJvhayyxehwijVvYTGEs=|01DHaSdKGDH3es/NYG5PjopC9Ww= {A}\n@revoked * {B}\n\
             @cert-authority *.example.com {A}\nbroken ssh-ed25519 ????\nweb {B}\n"
        );
        let mut hosts = KnownHosts::default();
        hosts.add(&text, "known_hosts");
        let places = |host: &str, port| {
            let keys = hosts.of(host, port).keys;
            keys.into_iter().map(|(_, place)| place).collect::<Vec<_>>()
        };
        assert_eq!(places("web", 22), ["known_hosts:3", "known_hosts:10"], "several keys");
        assert_eq!(places("WEB", 2222), ["known_hosts:4"]);
        assert_eq!(places("10.0.0.5", 22), ["known_hosts:3"]);
        assert_eq!(places("10.0.0.5", 23), [""; 0], "another port is another host");
        assert_eq!(places("a.example.com", 22), ["known_hosts:5"]);
        assert_eq!(places("bad.example.com", 22), [""; 0]);
        // As `ssh-keygen -H` has written it.
        assert_eq!(places("192.168.1.61", 22), ["known_hosts:6"]);
        assert_eq!(hosts.of("anything", 22).revoked, [HostKey::parse(B).unwrap()]);
    }
}
