//! placeholder
pub(super) fn check(_: &super::Config, _: &crate::diag::Sources, _: &mut crate::diag::Diagnostics) {}
