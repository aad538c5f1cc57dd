//! What a credential may do, and until when, as far as a vendor tells.

use jiff::Timestamp;

/// What is known of a credential.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends; `None` when the vendor does not tell.
    pub expiry: Option<Timestamp>,
}

/// What a credential may do.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Scopes {
    /// The vendor does not tell.
    #[default]
    Untold,
    /// The vendor tells, in its own words.
    Told(Vec<String>),
    /// It was tried what may be read; nothing is known of what may be changed.
    Tried {
        /// What may be read.
        reads: Vec<String>,
        /// What may not.
        denied: Vec<String>,
    },
}
