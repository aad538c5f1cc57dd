//! Bundles: what is applied to one host together, in one transaction.

use async_trait::async_trait;
use serde_json::Value as Json;

use super::Cx;
use super::ProviderError;
use super::Result;
use crate::value::Object;

/// Which part of a bundle a type belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BundleClass {
    /// Makes room: packages, users, groups, directories. Done before, and not undone.
    Prepare,
    /// Staged, validated, committed, gated, and restored when a gate fails.
    Transaction,
}

/// What happens to one member.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each variant is documented")]
pub enum MemberCall {
    /// It comes to be as planned. `gives_way`: what stands at its place by now does, as nobody could look there when it was
    /// planned, the machine being new, or as a package of the same plan has brought it.
    Create { planned: Object, gives_way: bool },
    /// It changes.
    Update { prior: Object, planned: Object },
    /// It goes.
    Delete { prior: Object },
}

/// One resource of a bundle.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its address, for messages and the receipt.
    pub address: String,
    /// Its type's name.
    pub ty: &'static str,
    /// What happens to it.
    pub call: MemberCall,
    /// The provider's own note: an owed restart, for one.
    pub private: Json,
}

/// How one member ended.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant is documented")]
pub enum MemberEnd {
    /// As planned: the object as it is now (`None` after a delete) and the provider's note.
    Applied { object: Option<Object>, private: Json },
    /// It was changed and put back, because another part of the bundle failed.
    Restored { private: Json },
    /// It was not reached.
    Untouched,
    /// This is the part that failed.
    Failed { error: ProviderError, private: Json },
}

/// Applies the members of one bundle over a vendor's client `C`.
#[async_trait]
pub trait Bundle<C: Send + Sync>: Send + Sync {
    /// Applies the members in order as one transaction; one end a member, in order. An error means that nothing is known
    /// of any of them (the connection broke): the receipt on the host tells later.
    async fn apply(&self, client: &C, cx: &Cx, members: &[Member]) -> Result<Vec<MemberEnd>>;

    /// Reads the receipt of an operation on the host that the first member names; `None` when there is no trace of it.
    async fn receipt(&self, client: &C, cx: &Cx, op: &str, members: &[Member]) -> Result<Option<Vec<MemberEnd>>>;
}
