//! SSH: one connection a host, over which scripts run and other connections pass.
//!
//! A [`Target`] says where a host is and how to be let in; [`Ssh`] keeps the connections of a run and gives a [`SshShell`]
//! to a host that can be reached, or the [`Obstacle`] that is in the way. Waiting for a host to come up belongs to the
//! caller. What is decided (`config`, `known_hosts`, `trust`, `route`, `command`) is apart from what is done (`connect`,
//! `auth`, `worker`). libssh2 blocks and is not to be interrupted, so each connection has a thread of its own.
//!
//! Nothing here writes a file: the key of a host that was accepted is the caller's to keep.

mod auth;
mod command;
mod config;
mod connect;
mod error;
mod hidden;
mod identity;
mod key;
mod known_hosts;
mod link;
mod pattern;
mod pool;
mod route;
mod run;
mod shell;
mod surroundings;
mod trust;
mod tunnel;
mod unlock;
mod worker;

pub use command::Sudo;
pub use error::Kind;
pub use error::Obstacle;
pub use hidden::Hidden;
pub use pool::Pace;
pub use pool::Ssh;
pub use route::Bastion;
pub use route::Login;
pub use route::Target;
pub use route::problem_of_route;
pub use shell::Reached;
pub use shell::SshShell;
pub use surroundings::Surroundings;
pub use trust::Trust;

#[cfg(test)]
mod tests;
