//! Reaching vendors and hosts: the real HTTP client, REST habits once, transports to hosts.

pub mod host;
