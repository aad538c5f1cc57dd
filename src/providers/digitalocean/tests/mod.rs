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
mod monitor_alert;
mod project;
mod record;
mod reserved_ip;
mod reserved_ip_assignment;
mod sizes;
mod ssh_key;
mod tag;
mod uptime;
mod volume;
mod volume_attachment;
mod vpc;
