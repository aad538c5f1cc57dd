//! What a plan chooses of the vendors' offers, and what of it cannot be had.
//!
//! Pure: the catalogues are asked for in between. Nothing that is chosen already and stays is looked at, so that a plan
//! without changes asks nothing.

use std::collections::BTreeSet;

use super::Action;
use super::Change;
use super::Input;
use super::Made;
use super::NodeKind;
use super::Plan;
use super::Registry;
use super::Secrets;
use super::problem::of_error;
use super::problem::pointed;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::provider::Catalogue;
use crate::provider::Choice;
use crate::provider::ProviderError;
use crate::value::Object;
use crate::value::Path;

/// What a change chooses.
pub struct Chosen {
    /// The place of the change.
    change: usize,
    /// The node of the provider that is asked.
    pub provider: NodeId,
    /// What is chosen.
    pub choice: Choice,
}

/// What the changes of a plan choose.
pub fn choices(plan: &Plan, registry: &Registry) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    for (at, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.addr.mode == Mode::Managed) {
        let prior = match change.action {
            Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => None,
            Action::Update => change.prior.as_deref(),
            Action::NoOp | Action::Read | Action::Delete | Action::Forget => continue,
        };
        let Some(ty) = registry.resource(&change.addr.ty) else { continue };
        let (Some(planned), Some(provider)) = (change.planned.as_deref(), change.provider_node) else { continue };
        let bare = |object: &Object| object.without_marks();
        let choices = ty.choices(prior.map(bare).as_ref(), &bare(planned));
        chosen.extend(choices.into_iter().map(|choice| Chosen { change: at, provider, choice }));
    }
    chosen
}

/// A vendor that does not accept the credential when it is asked what it offers, at the provider's block.
pub fn unasked(made: &Made, input: &Input, provider: NodeId, error: &ProviderError) -> Diagnostic {
    let diagnostic = of_error(error);
    let node = made.nodes.node(provider);
    let NodeKind::Provider(slot) = node.kind else { return diagnostic };
    let module = &input.modules[made.tree.path(node.path).source.0 as usize];
    diagnostic.at(module.providers[slot as usize].span)
}

/// What of it cannot be had, by the catalogue that a provider's vendor gave; many instances of a block that choose the same
/// are one problem.
pub fn unavailable<'c>(
    made: &Made,
    input: &Input,
    chosen: &[Chosen],
    catalogue: impl Fn(NodeId) -> Option<&'c Catalogue>,
) -> Diagnostics {
    let mut told = BTreeSet::new();
    let mut diags = Diagnostics::new();
    for Chosen { change, provider, choice } in chosen {
        let Some(problem) = catalogue(*provider).and_then(|catalogue| catalogue.problem(choice)) else { continue };
        let change = &made.plan.changes[*change];
        let detail = Secrets::of(change.planned.as_deref()).hide(problem.detail);
        if !told.insert((change.place.map(|(node, _)| node), problem.path.to_string(), detail.clone())) {
            continue;
        }
        let diagnostic = Diagnostic::error(problem.summary, detail).address(change.addr.to_string());
        diags.push(located(diagnostic, made, input, change, &problem.path));
    }
    diags
}

/// Points at the argument of a change's block.
fn located(diagnostic: Diagnostic, made: &Made, input: &Input, change: &Change, path: &Path) -> Diagnostic {
    let Some((node, _)) = change.place else { return diagnostic };
    let node = made.nodes.node(node);
    let NodeKind::Resource(slot) = node.kind else { return diagnostic };
    let module = &input.modules[made.tree.path(node.path).source.0 as usize];
    let def = &module.resources[slot as usize];
    pointed(diagnostic, (input, module), def, change.planned.as_deref(), Some(path))
}
