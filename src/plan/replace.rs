//! `-replace`: what is said of an address that names no instance.

use super::Mode;
use super::Planner;
use super::values::Repeat;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::diag::Diagnostic;

impl Planner<'_> {
    /// Warns of every `-replace` without a key where the instances have keys, or there are none.
    pub(super) fn check_replace(&mut self) {
        if self.input.options.mode != Mode::Normal {
            return;
        }
        for addr in self.input.options.replace.iter().filter(|addr| addr.key == InstanceKey::None) {
            let Some(instances) = self.instances_of(addr) else { continue };
            if !instances.contains(addr) {
                let detail = unmatched(addr, &instances);
                let summary = "Incompletely-matched force-replace resource instance";
                self.diags.push(Diagnostic::warning(summary, detail));
            }
        }
    }

    /// The configured instances of the resource, in the module instance, that an address is of; `None` where it is not
    /// known which, or the plan is not about them.
    pub(super) fn instances_of(&self, addr: &InstanceAddr) -> Option<Vec<InstanceAddr>> {
        let (path, slot) = self.locate(addr)?;
        let node = self.nodes.id(path, super::NodeKind::Resource(slot));
        if !self.selection.needs(node) {
            return None;
        }
        let modules = &self.values.path(path).instances;
        let module = modules.iter().position(|module| module.addr == addr.module)?;
        let instances = self.values.resource(path, slot, u32::try_from(module).expect("32 bits"))?;
        let keys = instances.keys().filter(|_| instances.repeat != Repeat::Unknown);
        (instances.repeat != Repeat::Unknown).then(|| keys.map(|key| addr.with_key(key.clone())).collect())
    }
}

/// In Terraform's words.
fn unmatched(addr: &InstanceAddr, instances: &[InstanceAddr]) -> String {
    let why = match instances {
        [] => "this resource doesn't have any instances",
        _ => "it lacks an instance key",
    };
    let mut detail =
        format!("Your force-replace request for {addr} doesn't match any resource instances because {why}.");
    // An address is quoted as it has to be on a command line.
    let option = |addr: &InstanceAddr| format!("\n  -replace={:?}", addr.to_string());
    match instances {
        [] => {}
        [one] => {
            let text = "\n\nTo force replacement of the single declared instance, use the following option instead:";
            detail.push_str(&format!("{text}{}", option(one)));
        }
        many => {
            let text = "\n\nTo force replacement of particular instances, use one or more of the following options \
                        instead:";
            detail.push_str(text);
            many.iter().for_each(|addr| detail.push_str(&option(addr)));
        }
    }
    detail
}
