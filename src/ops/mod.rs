//! What a user can do: one file an operation.
//!
//! An operation takes a [`Session`] (the folder, the state's backend, the vendors, time, who listens) and gives data that
//! `report` can show. It reads no environment, prints nothing and never asks.

mod account;
mod apply;
mod clients;
mod configuration;
mod cost;
mod digest;
mod driver;
mod elsewhere;
mod files;
mod graph;
mod import;
mod init;
mod offer;
mod phase;
mod plan;
mod plan_file;
mod providers;
mod receipt;
mod recover;
mod replay;
mod session;
mod simulation;
mod state;
mod unmark;
mod validate;
mod variables;
mod whole_file;
mod world;

pub use account::account;
pub use account::reach;
pub use apply::Applied;
pub use apply::ApplyOptions;
pub use apply::apply;
pub use apply::lock;
pub use configuration::Loaded;
pub use configuration::load;
pub use cost::cost;
pub use digest::digest;
pub use elsewhere::foreign_state;
pub use graph::graph;
pub use import::import;
pub use init::init;
pub use phase::is_announced;
pub use plan::PlanRequest;
pub use plan::Planned;
pub use plan::plan;
pub use plan_file::PlanFileError;
pub use plan_file::SavedPlan;
pub use plan_file::check_place as check_plan_place;
pub use plan_file::read as read_plan_file;
pub use plan_file::write as write_plan_file;
pub use providers::providers;
pub use session::Failure;
pub use session::Session;
pub use simulation::AttachError;
pub use simulation::Simulation;
pub use state::edit as edit_state;
pub use state::meant as meant_in_state;
pub use state::snapshot;
pub use validate::validate;
pub use variables::MissingVariable;
pub use variables::check_saved as check_saved_variables;
pub use variables::missing as missing_variables;
pub use whole_file::check as check_place;
pub use whole_file::write as write_whole;

#[cfg(test)]
mod tests;
