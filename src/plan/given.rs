//! Addresses that the user gave with an option: each should name something.

use super::NodeKind;
use super::Planner;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ModuleInstance;
use crate::addr::ResourceAddr;
use crate::addr::Target;
use crate::addr::meant;

/// An address as it was given, and by which option.
#[derive(Debug, Clone)]
pub struct Given {
    /// `-target`
    pub option: &'static str,
    /// The address.
    pub target: Target,
}

impl Planner<'_> {
    /// What is to be said of every address that names nothing which is configured or recorded: it does nothing, and is a
    /// slip. No warning: Terraform gives none, and scripts count warnings.
    pub(super) fn unmatched(&self) -> Vec<String> {
        let said = self.input.options.given.iter().filter_map(|given| {
            let (why, hint) = match self.names_anything(&given.target) {
                true => self.without_instance(given)?,
                false => ("nothing that is configured or recorded is called so", meant(&given.target, &self.known())),
            };
            let Given { option, target } = given;
            Some(format!("{option}={target} has no effect: {why}.{hint}"))
        });
        said.collect()
    }

    fn names_anything(&self, target: &Target) -> bool {
        self.input.prior.instances.keys().any(|addr| target.covers(addr))
            || self.declared().any(|resource| target.may_cover(&resource))
            || self.tree.paths().any(|(_, path)| target.may_cover_module(&path.path))
    }

    /// What is wrong with an instance's address where its resource is configured and makes other instances.
    fn without_instance(&self, given: &Given) -> Option<(&'static str, String)> {
        let addr = given.target.to_instance()?;
        if self.input.prior.instances.keys().any(|known| given.target.covers(known)) {
            return None;
        }
        let (why, instances) = match self.instances_of(&addr) {
            Some(instances) => ("the resource makes no such instance", instances),
            None => ("there is no such instance of the module", self.in_other_modules(&addr)?),
        };
        (!instances.iter().any(|known| given.target.covers(known)))
            .then(|| (why, meant(&given.target, &instances)))
            .filter(|_| !instances.is_empty())
    }

    /// The address in the instances that its module has; `None` where they are not all known, or the plan is not about
    /// them.
    fn in_other_modules(&self, addr: &InstanceAddr) -> Option<Vec<InstanceAddr>> {
        let (path, slot) = self.locate(addr)?;
        let modules = &self.values.path(path).instances;
        let is_planned = self.selection.needs(self.nodes.id(path, NodeKind::Resource(slot)));
        if !is_planned || modules.iter().any(|module| module.repetition.is_open()) {
            return None;
        }
        Some(modules.iter().map(|module| InstanceAddr { module: module.addr.clone(), ..addr.clone() }).collect())
    }

    fn declared(&self) -> impl Iterator<Item = ResourceAddr> + '_ {
        let resources = self.nodes.iter().filter(|(_, node)| matches!(node.kind, NodeKind::Resource(_)));
        resources.filter_map(|(_, node)| self.resource_addr(node))
    }

    /// All that can be meant: what is recorded, and the resources that are configured.
    fn known(&self) -> Vec<InstanceAddr> {
        let configured = self.declared().map(|resource| InstanceAddr {
            module: resource
                .module
                .names()
                .iter()
                .map(|name| (name.clone(), InstanceKey::None))
                .collect::<ModuleInstance>(),
            mode: resource.mode,
            ty: resource.ty,
            name: resource.name,
            key: InstanceKey::None,
        });
        configured.chain(self.input.prior.instances.keys().cloned()).collect()
    }
}
