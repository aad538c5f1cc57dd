//! State: what is remembered of the world from one run to the next, and how it is never lost.
//!
//! A [`Snapshot`] is all that is known at one point; a [`Journal`] holds the [`Record`]s of what became known since;
//! [`fold`] makes the next snapshot of both, and finds what was begun and has no end. A [`Backend`] keeps them: [`Local`]
//! in files. What must not be seen is sealed wherever it is written. Takes values and addresses; knows nothing of
//! providers, configuration or plans, decides nothing, and prints nothing.

mod backend;
mod declared;
mod document;
mod edit;
mod fold;
mod journal;
mod json;
mod key;
mod key_file;
mod keyring;
mod local;
mod lock;
mod object;
mod opener;
mod record;
#[cfg(test)]
mod sample;
mod seal;
mod snapshot;

pub use crate::addr::ProviderAddr;
pub use backend::Backend;
pub use backend::BackendError;
pub use backend::Damage;
pub use backend::Loaded;
pub use backend::Notice;
pub use backend::Past;
pub use backend::Stored;
pub use declared::Declared;
pub use edit::EditError;
pub use fold::fold;
pub use journal::Halt;
pub use journal::Journal;
pub use journal::JournalError;
pub use journal::JournalOptions;
pub use journal::Media;
pub use journal::Written;
pub use key::EnvKey;
pub use key::KeyEntry;
pub use key::KeyError;
pub use key::KeyKind;
pub use key::KeySource;
pub use key::KeySources;
pub use key::Looked;
pub use key::Recipient;
pub use key::WrapKey;
pub use key_file::KeyFile;
pub use keyring::Keyring;
pub use local::Local;
pub use lock::Fence;
pub use lock::Hold;
pub use lock::Lock;
pub use lock::LockError;
pub use lock::LockInfo;
pub use object::DeposedKey;
pub use object::Instance;
pub use object::Object;
pub use object::ObjectKey;
pub use object::ParseDeposedKeyError;
pub use record::Event;
pub use record::Intent;
pub use record::Op;
pub use record::OpenIntent;
pub use record::Record;
pub use seal::OpenError;
pub use seal::Place;
pub use seal::Sealer;
pub use snapshot::Output;
pub use snapshot::Snapshot;
pub use snapshot::World;
pub use snapshot::WorldEntry;
