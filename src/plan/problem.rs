//! What the world refused, as a diagnostic: the one place where an error of a vendor becomes a problem of a source line.

use std::error::Error;

use super::NodeKind;
use super::Planner;
use super::resource::One;
use super::resource::context;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Severity;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::graph::NodeId;
use crate::provider::ProviderError;

/// A diagnostic for a call that failed, with all its causes and what can be done.
pub(crate) fn of_error(error: &ProviderError) -> Diagnostic {
    let (summary, advice) = match error {
        ProviderError::Refused { .. } => ("Refused by the vendor", ""),
        ProviderError::Unauthorized { .. } => {
            ("Credential not accepted", "Check that the token is whole, not expired, and of this vendor.")
        }
        ProviderError::Forbidden { .. } => (
            "Permission missing",
            "Give the token the scope that is named, or use another. Nothing is taken for deleted.",
        ),
        ProviderError::Taken { id: Some(_), .. } => {
            ("Name already taken", "If the object that has it is yours, take it over with an `import` block.")
        }
        ProviderError::Taken { id: None, .. } => ("Name already taken", ""),
        ProviderError::AnswerLost { .. } => {
            ("Answer lost", "It is looked for at the next run, and taken over if it was done; nothing is made twice.")
        }
        ProviderError::Unreachable { .. } => ("Cannot be reached", "Check the network and the address, and run again."),
        ProviderError::Unexpected { .. } => ("Unexpected answer", ""),
        ProviderError::TimedOut { .. } => {
            ("Took too long", "It is recorded, and the next run goes on from where it is then.")
        }
        ProviderError::Failed { .. } => ("Failed", ""),
        ProviderError::Problem(problem) => {
            return Diagnostic::error(problem.summary.clone(), problem.detail.clone());
        }
        ProviderError::Cancelled { .. } => ("Interrupted", "The next run finds out how it ended."),
    };
    let mut detail = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !detail.contains(&text) {
            detail.push_str(": ");
            detail.push_str(&text);
        }
        cause = inner.source();
    }
    if !detail.ends_with(['.', '!', '?', '\n']) {
        detail.push('.');
    }
    if !advice.is_empty() {
        detail.push_str("\n\n");
        detail.push_str(advice);
    }
    Diagnostic::error(summary, detail)
}

/// A read that failed.
pub(super) fn read_failed(addr: &InstanceAddr, error: &ProviderError) -> Diagnostic {
    of_error(error).address(addr.to_string())
}

impl Planner<'_> {
    /// Reports a type that no provider has.
    pub(super) fn report_unknown_type(&mut self, one: One<'_>) {
        let (summary, kind) = match one.def.mode {
            Mode::Managed => ("Invalid resource type", "resource type"),
            Mode::Data => ("Invalid data source", "data source"),
        };
        let provider = self.input.registry.provider_of(one.def.mode, &one.def.ty);
        let detail = if self.input.registry.provider(&provider).is_some() {
            format!("The provider {provider} does not support {kind} \"{}\".", one.def.ty)
        } else {
            let known: Vec<&str> = self.input.registry.providers().iter().map(|provider| provider.name()).collect();
            format!(
                "There is no provider \"{provider}\" for {kind} \"{}\". Built in are: {}.",
                one.def.ty,
                known.join(", ")
            )
        };
        let names = self.input.registry.names(one.def.mode);
        let hint = did_you_mean(&one.def.ty, names);
        self.diags.push(Diagnostic::error(summary, detail + &hint).at(one.def.span));
    }

    /// Reports a failed call for one instance of a resource node.
    pub(super) fn report_instance(&mut self, node: NodeId, addr: &InstanceAddr, error: &ProviderError) {
        let mut diagnostic = of_error(error).address(addr.to_string());
        if let NodeKind::Resource(slot) = self.nodes.node(node).kind {
            let def = &self.module(self.nodes.node(node).path).resources[slot as usize];
            diagnostic = diagnostic.at(def.span).within(context(def));
            // A check says what is wrong, and stops nothing.
            if def.check.is_some() {
                diagnostic.severity = Severity::Warning;
            }
        }
        self.diags.push(diagnostic);
    }

    /// Reports that a provider could not be configured.
    pub(super) fn report_provider(&mut self, provider: NodeId, error: &ProviderError) {
        let mut diagnostic = of_error(error);
        if let Some(span) = self.span(provider) {
            diagnostic = diagnostic.at(span);
        }
        diagnostic = diagnostic.within(self.describe(provider));
        self.diags.push(diagnostic);
    }

    /// How a node is called where it is written.
    pub(super) fn describe(&self, id: NodeId) -> String {
        let node = self.nodes.node(id);
        let module = self.module(node.path);
        let name = match node.kind {
            NodeKind::Call(slot) => format!("module.{}", module.calls[slot as usize].name),
            NodeKind::Provider(slot) => format!("provider \"{}\"", module.providers[slot as usize].name),
            NodeKind::Implicit(slot) => format!("provider \"{}\"", self.nodes.implicit[slot as usize]),
            NodeKind::Variable(slot) => format!("var.{}", module.variables[slot as usize].name),
            NodeKind::Local(slot) => format!("local.{}", module.locals[slot as usize].name),
            NodeKind::Resource(slot) => module.resources[slot as usize].to_string(),
            NodeKind::Output(slot) => format!("output.{}", module.outputs[slot as usize].name),
            NodeKind::Check(slot) => format!("check.{}", module.checks[slot as usize].name),
            NodeKind::Import(_) => "import".to_owned(),
        };
        let path = &self.tree.path(node.path).path;
        let suffix = match node.kind {
            NodeKind::Call(_) => " (expand)",
            _ => "",
        };
        if path.is_root() { format!("{name}{suffix}") } else { format!("{path}.{name}{suffix}") }
    }

    /// Where a node is written.
    pub(super) fn span(&self, id: NodeId) -> Option<Span> {
        let node = self.nodes.node(id);
        let module = self.module(node.path);
        Some(match node.kind {
            NodeKind::Call(slot) => module.calls[slot as usize].span,
            NodeKind::Provider(slot) => module.providers[slot as usize].span,
            NodeKind::Implicit(_) => return None,
            NodeKind::Variable(slot) => module.variables[slot as usize].span,
            NodeKind::Local(slot) => module.locals[slot as usize].span,
            NodeKind::Resource(slot) => module.resources[slot as usize].span,
            NodeKind::Output(slot) => module.outputs[slot as usize].span,
            NodeKind::Check(slot) => module.checks[slot as usize].span,
            NodeKind::Import(slot) => module.imports[slot as usize].span,
        })
    }
}
