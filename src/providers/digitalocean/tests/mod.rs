//! Each type's life against a recorded exchange, through the same door as the engine.

mod config;
mod droplet;
mod lab;
mod tag;
