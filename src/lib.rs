//! `infra` plans and applies infrastructure, in the cloud and on the hosts, from HCL.

pub mod addr;
pub mod config;
pub mod diag;
pub mod net;
pub mod provider;
pub mod providers;
pub mod schema;
pub mod syntax;
pub mod value;
