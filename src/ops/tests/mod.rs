//! Operations from end to end, in a folder of their own, against simulated vendors in this process.

mod lab;
mod order;
mod phase;
mod round;
mod stack;

use lab::Lab;
