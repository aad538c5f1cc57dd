//! Tests across modules, in one binary.

#![allow(clippy::unwrap_used, reason = "a test may stop where its own footing is gone")]

mod architecture;
mod bad_input;
mod canary;
mod ci;
mod cli;
mod corpus;
mod digitalocean;
mod examples;
mod floors;
mod programs;
mod service;
mod tier;
