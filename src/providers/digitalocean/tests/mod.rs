//! Each type's life against a recorded exchange, through the same door as the engine.

mod config;
mod database_cluster;
mod database_config;
mod database_connection_pool;
mod database_data;
mod database_db;
mod database_firewall;
mod database_replica;
mod database_user;
mod droplet;
mod lab;
mod loadbalancer;
mod reserved_ip;
mod sizes;
mod tag;
