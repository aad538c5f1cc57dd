//! Reaching vendors and hosts: the real HTTP client, REST habits once, transports to hosts.
//!
//! A vendor's files say *what* to ask; everything about *how* (retries, paging, waiting, rate limits, credentials) is
//! here. Nothing here knows a particular vendor: what differs is given as a [`rest::Dialect`].

pub mod client;
pub mod host;
pub mod rest;

#[cfg(test)]
pub(crate) mod replay;
