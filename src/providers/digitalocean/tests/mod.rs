//! Each type's life against a recorded exchange, through the same door as the engine.

mod certificate;
mod config;
mod data;
mod database_cluster;
mod database_user;
mod domain;
mod droplet;
mod firewall;
mod lab;
mod loadbalancer;
mod project;
mod record;
mod reserved_ip;
mod sizes;
mod ssh_key;
mod tag;
mod vpc;
