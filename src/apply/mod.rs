//! Performing a plan's steps: each exactly as planned, with an intent durable before and a result durable after.
//!
//! [`perform`] walks the step graph, as wide as it allows. It takes no decision: a step re-evaluates its configuration with
//! actual values, checks them against what was promised, makes its intent durable, calls the vendor and makes the result
//! durable before anything that depends on it starts. A step that fails stops only what depends on it.

mod begin;
mod beside;
mod bundle;
mod call;
mod data;
mod evaluate;
mod event;
mod finish;
mod prepare;
mod record;
mod release;
mod rules;
mod run;
mod surroundings;

pub use event::Event;
pub use event::Observer;
pub use event::Silent;
pub use event::StepName;
pub use event::Undone;
pub use event::Waits;
pub use run::Clients;
pub use run::Configure;
pub use run::Ended;
pub use run::Outcome;
pub use run::Run;
pub use run::perform;
