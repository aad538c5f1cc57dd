//! Operations from end to end, in a folder of their own, against simulated vendors in this process.

mod accounts;
mod along;
mod canary;
mod compute;
mod critical;
mod ends;
mod faults;
mod handover;
mod interrupted;
mod lab;
mod leak;
mod neon;
mod network;
mod offers;
mod order;
mod outside;
mod outsider;
mod pace;
mod phase;
mod progress;
mod promote;
mod queue;
mod recovery;
mod requests;
mod rotation;
mod round;
mod seven;
mod stack;
mod tap;
mod users;
mod witness;

use lab::Lab;
