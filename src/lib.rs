//! `infra` plans and applies infrastructure, in the cloud and on the hosts, from HCL.

pub mod diag;
pub mod eval;
pub mod value;
