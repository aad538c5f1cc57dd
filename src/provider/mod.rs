//! The contract between the engine and the vendors.
//!
//! A vendor is a [`Provider`] with a table of [`ResourceType`]s and [`DataSource`]s over one client type. The engine sees
//! [`Connection`]s, in which the client's type is erased. What is decided is synchronous and pure; only calls on the world
//! are `async`, and each is given a [`Cx`]. Nothing here knows of state, plans or configuration.

mod batch;
mod bundle;
mod clock;
mod connection;
mod cx;
mod data;
mod definition;
mod entropy;
mod error;
mod failure;
mod http;
mod offer;
mod price;
mod reach;

mod resource;

pub use batch::Batch;
pub use batch::BatchItem;
pub use bundle::Bundle;
pub use bundle::BundleClass;
pub use bundle::Member;
pub use bundle::MemberCall;
pub use bundle::MemberEnd;
pub use clock::Clock;
pub use clock::FastClock;
pub use clock::Hold;
pub use clock::VirtualClock;
pub use clock::WallClock;
pub use connection::AnyData;
pub use connection::AnyResource;
pub use connection::Client;
pub use connection::Connection;
pub use cx::Cancel;
pub use cx::Cx;
pub use cx::Holds;
pub use cx::NoRecord;
pub use cx::Progress;
pub use cx::Record;
pub use cx::Wait;
pub use data::DataSource;
pub use definition::Commons;
pub use definition::Configure;
pub use definition::Credentials;
pub use definition::Definition;
pub use definition::HostRoots;
pub use definition::Provider;
pub use definition::Standing;
pub use entropy::Entropy;
pub use error::ProviderError;
pub use error::Result;
pub(crate) use error::human;
pub use failure::Failure;
pub use http::Http;
pub use http::HttpError;
pub use offer::Against;
pub use offer::Catalogue;
pub use offer::Choice;
pub use offer::List;
pub use offer::Wanted;
pub use price::Price;
pub use price::PriceList;
pub use reach::Reach;
pub use reach::Scopes;
pub use resource::BatchKey;
pub use resource::Effect;
pub use resource::Found;
pub use resource::Intent;
pub use resource::Marker;
pub use resource::Planned;
pub use resource::Problem;
pub use resource::Read;
pub use resource::ReadItem;
pub use resource::ResourceType;
