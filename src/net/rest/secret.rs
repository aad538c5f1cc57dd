//! A credential that cannot be printed.

use std::fmt;

use sha2::Digest;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Text that never reaches a message or a log. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a credential in, without white space around it.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// The credential itself, for the header of a request only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Tells credentials apart without showing them.
    pub(super) fn digest(&self) -> String {
        format!("{:x}", Sha256::digest(self.0.as_bytes()))
    }

    /// A text in which the credential, should it occur, is replaced: vendors sometimes echo what they were sent.
    pub(super) fn scrub(&self, text: &str) -> String {
        match self.0.len() {
            // A text this short would be found in ordinary words, and is no credential.
            0..8 => text.to_owned(),
            _ => text.replace(self.0.as_str(), "(sensitive)"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}
