//! `infra` plans and applies infrastructure, in the cloud and on the hosts, from HCL.
//!
#![doc = include_str!("../ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod addr;
pub mod apply;
pub mod cli;
pub mod config;
pub mod diag;
pub mod eval;
pub mod graph;
pub mod net;
pub mod ops;
pub mod plan;
pub mod provider;
pub mod providers;
pub mod report;
pub mod schema;
pub mod sim;
pub mod state;
pub mod syntax;
pub mod value;
