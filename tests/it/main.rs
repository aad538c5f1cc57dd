//! Tests across modules, in one binary.

mod digitalocean;
