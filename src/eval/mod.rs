//! Evaluation of expressions.

pub mod function;
