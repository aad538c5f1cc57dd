//! What planning has to be told, and what it is told.

use std::sync::Arc;

use super::objects::EntryId;
use crate::addr::InstanceAddr;
use crate::graph::NodeId;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::value::Object;
use crate::value::Str;

/// Names a request of one planning.
pub type RequestId = u32;

/// Something that has to be read before planning can go on.
#[derive(Debug, Clone)]
pub enum Request {
    /// A client of a provider, and which account it works on.
    Configure {
        /// The node that stands for the configured provider.
        provider: NodeId,
        /// The provider's local name.
        name: Str,
        /// The decoded provider block.
        config: Arc<Object>,
        /// Whether objects of the state will be read with it.
        is_read: bool,
    },
    /// The objects of one batch.
    Read {
        /// The configured provider.
        provider: NodeId,
        /// What they share.
        key: BatchKey,
        /// The objects, of whichever types.
        items: Vec<BatchItem>,
    },
    /// A data source.
    Data {
        /// The configured provider.
        provider: NodeId,
        /// Its type.
        ty: Str,
        /// Its arguments, wholly known.
        config: Arc<Object>,
        /// Its address, to show.
        addr: InstanceAddr,
    },
    /// An object to take over.
    Import {
        /// The configured provider.
        provider: NodeId,
        /// Its type.
        ty: Str,
        /// The vendor's id.
        id: Str,
        /// The address that it gets.
        addr: InstanceAddr,
        /// What is configured for it, perhaps with unknowns.
        config: Arc<Object>,
    },
}

/// What a [`Request`] gave.
#[derive(Debug)]
pub enum Answer {
    /// To [`Request::Configure`].
    Configured(Result<(), ProviderError>),
    /// To [`Request::Read`]: one for each item, in order.
    Read(Vec<Result<Read, ProviderError>>),
    /// To [`Request::Data`].
    Data(Result<Object, ProviderError>),
    /// To [`Request::Import`].
    Imported(Result<Option<Object>, ProviderError>),
}

/// What an item of a read is about.
pub(super) enum ReadPlace {
    /// An object of the state.
    Entry(EntryId),
    /// The place of an object that is not ours yet.
    New { node: NodeId, addr: InstanceAddr },
    /// The same, asked before a node has come to it.
    Foreseen { addr: InstanceAddr },
}

/// What a request that is not answered yet is about.
pub(super) enum Pending {
    Configure {
        provider: NodeId,
    },
    Read {
        places: Vec<ReadPlace>,
    },
    Data {
        node: NodeId,
        addr: InstanceAddr,
    },
    /// `by` is the node that says so: an `import` block, or the resource itself.
    Import {
        node: NodeId,
        by: NodeId,
        addr: InstanceAddr,
        id: Str,
    },
}
