//! Whether a host is the one it should be: the key that it shows against those it is known by.
//!
//! All of it is decided here, from what was read before; nothing is asked of anybody.

use super::key::HostKey;
use super::known_hosts::Known;
use super::known_hosts::name;

/// What is known of a host from its configuration or from an earlier run.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Trust {
    /// The keys that it may show, one a line: `ssh-ed25519 AAAA…`. With any, `known_hosts` is not asked.
    pub host_key: Option<String>,
    /// Whether the key of a host that nothing is known of is accepted: it was made just now.
    pub accepts_new: bool,
}

/// A key that is not trusted, in words: what was seen, what that can mean, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub(super) struct Distrust {
    words: String,
    /// Whether nothing is known of it, rather than something else.
    pub(super) is_stranger: bool,
}

impl Distrust {
    fn known(words: String) -> Self {
        Self { words, is_stranger: false }
    }
}

impl Trust {
    /// Complains of pins that are none.
    pub fn problem(&self) -> Option<String> {
        let lines = self.lines();
        let wrong = lines.into_iter().find(|line| HostKey::parse(line).is_none())?;
        Some(format!(
            "`{}` is not a host key. Write it whole, as in a known_hosts file: `ssh-ed25519 AAAA…`. Several go on a line \
             each.",
            wrong.chars().take(60).collect::<String>()
        ))
    }

    fn lines(&self) -> Vec<&str> {
        let lines = self.host_key.as_deref().unwrap_or_default().lines();
        lines.map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    fn pins(&self) -> Vec<HostKey> {
        self.lines().into_iter().filter_map(HostKey::parse).collect()
    }

    /// Whether the host is who it should be.
    pub(super) fn judge(&self, host: &str, port: u16, shown: &HostKey, known: &Known) -> Result<(), Distrust> {
        let name = name(host, port);
        if known.revoked.contains(shown) {
            return Err(Distrust::known(format!(
                "the host {name} shows the key {}, which a known_hosts file marks as @revoked: nobody may show it any \
                 more. Nothing was sent to it. Give the host a new key, and make that known",
                shown.told()
            )));
        }
        let pins = self.pins();
        if pins.contains(shown) {
            return Ok(());
        }
        if !pins.is_empty() {
            let expected = pins.iter().map(HostKey::told).collect::<Vec<_>>().join(" or ");
            return Err(changed(&name, shown, &expected, "its `host_key`", OTHER_PIN));
        }
        if known.keys.iter().any(|(key, _)| key == shown) {
            return Ok(());
        }
        if !known.keys.is_empty() {
            let expected = known.keys.iter().map(|(key, _)| key.told()).collect::<Vec<_>>().join(" or ");
            let places = known.keys.iter().map(|(_, place)| place.as_str()).collect::<Vec<_>>().join(", ");
            let what = format!("take the old key out with `ssh-keygen -R '{name}'` and add the new one");
            return Err(changed(&name, shown, &expected, &places, &what));
        }
        if self.accepts_new {
            return Ok(());
        }
        let words = format!(
            "the host {name} shows the key {}, and nothing says whether that is the right one. Nothing was sent to it. \
             {COMPARE}; then write `host_key = \"{shown}\"` into its host_machine, or add the line `{name} {shown}` to \
             ~/.ssh/known_hosts",
            shown.told()
        );
        Err(Distrust { words, is_stranger: true })
    }

    /// The algorithms of host keys in the order of our liking: those that the host is known by go first. Otherwise a host
    /// that has several keys would show another than the known one, and look like a stranger.
    pub(super) fn preference(&self, known: &Known) -> String {
        let pins = self.pins();
        let known = known.keys.iter().map(|(key, _)| key.clone());
        let keys: Vec<HostKey> = if pins.is_empty() { known.collect() } else { pins };
        let is_known = |method: &&str| {
            let algorithm = if method.starts_with("rsa-sha2-") { "ssh-rsa" } else { method };
            keys.iter().any(|key| key.algorithm() == algorithm)
        };
        let (first, rest): (Vec<&str>, Vec<&str>) = METHODS.into_iter().partition(is_known);
        [first, rest].concat().join(",")
    }
}

/// Host keys that are still good; of RSA those that sign with SHA-2.
const METHODS: [&str; 6] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
];

/// How a person finds out.
const COMPARE: &str = "Compare it with what the machine's console says of its own key \
                       (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`)";

/// What to do about a pin.
const OTHER_PIN: &str = "write the new key as `host_key` into its host_machine; where it is not configured, it was kept in \
                         the state when the host was first reached, and replacing the host_machine (`-replace=ADDRESS`) \
                         lets go of it";

fn changed(name: &str, shown: &HostKey, expected: &str, place: &str, what: &str) -> Distrust {
    Distrust::known(format!(
        "the key of the host {name} is not the one that it is known by.\n  known ({place}): {expected}\n  shown now: {}\n\
         Either the host was set up anew, or somebody stands between it and us. Nothing was sent to it. {COMPARE}. If \
         the new key is right, {what}",
        shown.told()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO0Ty2SPCTrVqL84ceDlMY5UgBChayfb9BxqD5600k9y";

    fn key(text: &str) -> HostKey {
        HostKey::parse(text).unwrap()
    }

    fn judged(pins: Option<&str>, accepts_new: bool, known: &[&str], revoked: &[&str]) -> Result<(), String> {
        let trust = Trust { host_key: pins.map(str::to_owned), accepts_new };
        let known = Known {
            keys: known.iter().map(|text| (key(text), "known_hosts:3".to_owned())).collect(),
            revoked: revoked.iter().map(|text| key(text)).collect(),
        };
        trust.judge("web", 2222, &key(A), &known).map_err(|distrust| distrust.to_string())
    }

    #[test]
    fn a_key_is_trusted_for_one_reason_only() {
        assert_eq!(judged(Some(A), false, &[], &[]), Ok(()));
        assert_eq!(judged(Some(&format!("{B}\n{A} comment\n")), false, &[], &[]), Ok(()));
        assert_eq!(judged(None, false, &[B, A], &[]), Ok(()));
        assert_eq!(judged(None, true, &[], &[]), Ok(()));
        // A pin has the last word, and what is known otherwise is not made good by acceptance.
        for (pin, accepts, known) in [(Some(B), true, &[A][..]), (None, true, &[B]), (None, false, &[B])] {
            let why = judged(pin, accepts, known, &[]).unwrap_err();
            assert!(why.contains(&key(A).fingerprint()) && why.contains(&key(B).fingerprint()), "{why}");
            assert!(why.contains("[web]:2222") && why.contains("Nothing was sent"), "{why}");
        }
        let why = judged(None, false, &[], &[]).unwrap_err();
        assert!(why.contains(&format!("`host_key = \"{A}\"`")), "{why}");
        for (pins, accepts, known) in [(Some(A), false, &[][..]), (None, true, &[]), (None, false, &[A])] {
            assert!(judged(pins, accepts, known, &[A]).unwrap_err().contains("@revoked"));
        }
    }

    #[test]
    fn the_algorithm_that_a_host_is_known_by_goes_first() {
        let known = |algorithm: &str| {
            let mut blob = u32::try_from(algorithm.len()).unwrap().to_be_bytes().to_vec();
            blob.extend_from_slice(algorithm.as_bytes());
            Known { keys: vec![(HostKey::of_blob(&blob).unwrap(), String::new())], revoked: Vec::new() }
        };
        let first = |algorithm: &str| {
            let all = Trust::default().preference(&known(algorithm));
            assert_eq!(all.split(',').count(), METHODS.len());
            all.split(',').next().unwrap().to_owned()
        };
        assert_eq!(first("ssh-ed25519"), "ssh-ed25519");
        assert_eq!(first("ecdsa-sha2-nistp384"), "ecdsa-sha2-nistp384");
        assert_eq!(first("ssh-rsa"), "rsa-sha2-512");
        assert_eq!(first("unheard-of"), "ssh-ed25519");
        let pinned = Trust { host_key: Some(A.to_owned()), accepts_new: false };
        assert!(pinned.preference(&known("ssh-rsa")).starts_with("ssh-ed25519,ecdsa"), "the pin counts alone");
    }

    #[test]
    fn what_is_no_key_is_no_pin() {
        for (pins, is_good) in [
            ("", true),
            (A, true),
            ("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU", false),
            ("ssh-ed25519", false),
            (&format!("{A}\nnonsense"), false),
        ] {
            let trust = Trust { host_key: Some(pins.to_owned()), accepts_new: false };
            assert_eq!(trust.problem().is_none(), is_good, "{pins}");
        }
    }
}
