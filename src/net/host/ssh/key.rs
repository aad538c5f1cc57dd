//! Public keys of hosts: how they are written, compared, and told to a person.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::Digest;
use sha2::Sha256;

/// The public key of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostKey {
    algorithm: String,
    blob: Vec<u8>,
}

impl HostKey {
    /// A key as it comes over the wire, where it begins with its own algorithm.
    pub(crate) fn of_blob(blob: &[u8]) -> Option<Self> {
        let length = u32::from_be_bytes(blob.get(..4)?.try_into().ok()?);
        let algorithm = blob.get(4..4 + usize::try_from(length).ok()?)?;
        let algorithm = std::str::from_utf8(algorithm).ok()?.to_owned();
        let is_word = !algorithm.is_empty() && algorithm.chars().all(|c| c.is_ascii_graphic());
        is_word.then(|| Self { algorithm, blob: blob.to_vec() })
    }

    /// A key as it stands in a file: `ssh-ed25519 AAAA… comment`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (algorithm, encoded) = (words.next()?, words.next()?);
        let key = Self::of_blob(&STANDARD.decode(encoded).ok()?)?;
        (key.algorithm == algorithm).then_some(key)
    }

    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`.
    pub(super) fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// As `ssh-keygen -l` tells it: `SHA256:` and 43 characters.
    pub(crate) fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&self.blob)))
    }

    /// Both, for a message.
    pub(super) fn told(&self) -> String {
        format!("{} {}", self.algorithm, self.fingerprint())
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm, STANDARD.encode(&self.blob))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = HostKey::parse(&format!("{KEY} git@example")).unwrap();
        assert_eq!(key.to_string(), KEY);
        // As `ssh-keygen -lf` says of it.
        assert_eq!(key.fingerprint(), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        for wrong in ["", "ssh-ed25519", "ssh-ed25519 ????", &KEY.replace("ssh-ed25519", "ssh-rsa"), "a AAAA"] {
            assert_eq!(HostKey::parse(wrong), None, "{wrong}");
        }
        assert_eq!(HostKey::of_blob(&[0, 0, 0, 9, b'a']), None);
    }
}
