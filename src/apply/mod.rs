//! Performing a plan's steps: each exactly as planned, with an intent durable before and a result durable after.

mod event;

pub use event::Event;
pub use event::Observer;
pub use event::Silent;
pub use event::StepName;
