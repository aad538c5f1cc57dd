//! The vendors: each a folder of resource types over one client. None knows another.

pub mod host;
