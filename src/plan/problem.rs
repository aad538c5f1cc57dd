//! What the world refused, as a diagnostic: the one place where an error of a vendor becomes a problem of a source line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Input;
use super::Node;
use super::NodeKind;
use super::PathId;
use super::Planner;
use super::objects::EntryId;
use super::resource::context;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Severity;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::diag::sentence;
use crate::diag::with_causes;
use crate::eval;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::provider::ProviderError;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// A diagnostic for a call that failed, with all its causes and what can be done.
pub(crate) fn of_error(error: &ProviderError) -> Diagnostic {
    let (summary, advice) = match error {
        ProviderError::Refused { message, code: Some(_), .. } if is_limit(message) => (
            "Limit of the account",
            "Ask the vendor to raise the limit, or remove what is not needed, and run again: what was made is recorded.",
        ),
        ProviderError::Refused { code: Some(_), .. } => {
            ("Refused by the vendor", "Correct it and run again: what was made is recorded, and is not made twice.")
        }
        // Nobody was asked, or it was no vendor that said no.
        ProviderError::Refused { code: None, .. } => ("Cannot be done", ""),
        ProviderError::Unauthorized { .. } => {
            ("Credential not accepted", "Check that the token is whole, not expired, and of this vendor.")
        }
        ProviderError::Forbidden { .. } => (
            "Permission missing",
            "Give the token the scope that is named, or use another. Nothing is taken for deleted.",
        ),
        ProviderError::Taken { id: Some(_), .. } => ("Name already taken", ""),
        ProviderError::Taken { id: None, .. } => {
            ("Name already taken", "Choose another name. If what has it is yours, take it over with an `import` block.")
        }
        ProviderError::AnswerLost { .. } => {
            ("Answer lost", "It is looked for at the next run, and taken over if it was done; nothing is made twice.")
        }
        ProviderError::Unreachable { .. } => ("Cannot be reached", "Check the network and the address, and run again."),
        ProviderError::Unexpected { .. } => (
            "Unexpected answer",
            "Something between here and the vendor may answer in its place, as a proxy does, or the vendor has trouble. \
             Check the address, and run again.",
        ),
        ProviderError::TimedOut { .. } => {
            ("Took too long", "It is recorded, and the next run goes on from where it is then.")
        }
        ProviderError::OnHost(failure) => return Diagnostic::error(failure.summary, failure.text(&[])),
        ProviderError::Failed { .. } => ("Did not succeed", ""),
        ProviderError::Problem(problem) => {
            return Diagnostic::error(problem.summary.clone(), problem.detail.clone());
        }
        ProviderError::Cancelled { .. } => ("Interrupted", "The next run finds out how it ended."),
    };
    let mut detail = sentence(with_causes(error));
    if !advice.is_empty() {
        detail.push_str("\n\n");
        detail.push_str(advice);
    }
    Diagnostic::error(summary, detail)
}

/// The same for a call that was about an instance: what is in its way can be taken over at its address.
pub(crate) fn of_call(error: &ProviderError, addr: &InstanceAddr) -> Diagnostic {
    let mut diagnostic = of_error(error).address(addr.to_string());
    if let ProviderError::Taken { id: Some(id), .. } = error {
        let advice = "If the object that has the name is yours, take it over. Otherwise choose another name.";
        let id = serde_json::Value::from(id.as_str());
        let block = format!("  import {{\n    to = {addr}\n    id = {id}\n  }}");
        diagnostic.detail.push_str(&format!("\n\n{advice}\n\n{block}"));
    }
    diagnostic
}

/// Whether a vendor's words speak of what an account may have at most.
fn is_limit(message: &str) -> bool {
    let message = message.to_lowercase();
    ["limit", "quota"].iter().any(|word| message.contains(word))
}

/// Points at an argument of a block, with its value where the source does not show it; at the block where there is no
/// argument to blame.
pub(crate) fn pointed(
    diagnostic: Diagnostic,
    (input, module): (&Input, &eval::Module),
    def: &ResourceDef,
    object: Option<&Object>,
    path: Option<&Path>,
) -> Diagnostic {
    let written = path.and_then(|path| eval::span_of(module, def.body, path));
    let diagnostic = diagnostic.at(written.unwrap_or(def.span)).within(context(def));
    let (Some(path), Some(span)) = (path, written) else { return diagnostic };
    let value = object.and_then(|object| Value::Object(Arc::new(object.clone())).at(path));
    let text = match value {
        Some(Value::String(text)) => format!("{text:?}"),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        // What is marked is not shown.
        _ => return diagnostic,
    };
    let is_shown = input.sources.get(span.source).slice(span).trim() == text;
    if is_shown { diagnostic } else { diagnostic.value(path.to_string(), format!("is {text}")) }
}

/// So many of the objects that could not be read are named beside the first.
const OTHERS: usize = 5;

impl Planner<'_> {
    /// Reports a type that the resource's provider does not have.
    pub(super) fn report_unsupported(&mut self, path: PathId, slot: u32) {
        let def = &self.module(path).resources[slot as usize];
        let (summary, kind) = match def.mode {
            Mode::Managed => ("Invalid resource type", "resource type"),
            Mode::Data => ("Invalid data source", "data source"),
        };
        let owner = self.input.registry.provider_of(def.mode, &def.ty);
        let provider = self.nodes.provider(path, slot).map(|node| self.provider_name(node));
        let provider = provider.unwrap_or_else(|| Str::clone(&owner));
        let detail = if self.input.registry.provider(&provider).is_some() {
            let owner = match self.input.registry.has(&owner, def.mode, &def.ty) {
                true => format!(" The provider {owner} does."),
                false => String::new(),
            };
            format!("The provider {provider} does not support {kind} \"{}\".{owner}", def.ty)
        } else {
            let known: Vec<&str> = self.input.registry.providers().iter().map(|provider| provider.name()).collect();
            format!(
                "There is no provider \"{provider}\" for {kind} \"{}\". Built in are: {}.",
                def.ty,
                known.join(", ")
            )
        };
        let names = self.input.registry.names(def.mode).into_iter().filter(|name| *name != &*def.ty);
        let hint = did_you_mean(&def.ty, names);
        self.diags.push(Diagnostic::error(summary, detail + &hint).at(def.span).within(context(def)));
    }

    /// Reports an object that shall go and whose type is not its provider's, whatever the state or a block says.
    pub(super) fn report_stray(&mut self, id: EntryId) {
        let entry = self.objects.get(id);
        let provider = self.provider_of_entry(id).map(|node| self.provider_name(node));
        let provider = provider.unwrap_or_else(|| Str::clone(&entry.stored.provider.name));
        let detail = format!(
            "The provider {provider} does not support resource type \"{}\", so that {}, which it is said to keep, cannot \
             be destroyed. Correct its provider, or let go of the object with a `removed` block that has \
             `destroy = false`.",
            entry.addr.ty, entry.addr
        );
        let diagnostic = Diagnostic::error("Invalid resource type", detail).address(entry.addr.to_string());
        self.diags.push(diagnostic);
    }

    /// Whether the provider of a resource has its type.
    pub(super) fn is_supported(&self, path: PathId, slot: u32) -> bool {
        let def = &self.module(path).resources[slot as usize];
        let provider = match self.nodes.provider(path, slot) {
            Some(node) => self.provider_name(node),
            None => self.input.registry.provider_of(def.mode, &def.ty),
        };
        self.input.registry.has(&provider, def.mode, &def.ty)
    }

    /// Whether a provider has the type of an object.
    pub(super) fn keeps(&self, provider: NodeId, id: EntryId) -> bool {
        let addr = &self.objects.get(id).addr;
        self.input.registry.has(&self.provider_name(provider), addr.mode, &addr.ty)
    }

    /// The local name of a provider node.
    fn provider_name(&self, node: NodeId) -> Str {
        let Node { path, kind } = self.nodes.node(node);
        match kind {
            NodeKind::Provider(slot) => Str::clone(&self.module(path).providers[slot as usize].name),
            NodeKind::Implicit(slot) => Str::clone(&self.nodes.implicit[slot as usize]),
            _ => panic!("a provider is a block or stands for one"),
        }
    }

    /// Reports a failed call for one instance of a resource node.
    pub(super) fn report_instance(&mut self, node: NodeId, addr: &InstanceAddr, error: &ProviderError) {
        let mut diagnostic = of_call(error, addr);
        if let NodeKind::Resource(slot) = self.nodes.node(node).kind {
            let module = self.module(self.nodes.node(node).path);
            let def = &module.resources[slot as usize];
            diagnostic = pointed(diagnostic, (self.input, module), def, None, error.argument());
            // A check says what is wrong, and stops nothing.
            if def.check.is_some() {
                diagnostic.severity = Severity::Warning;
            }
        }
        self.diags.push(diagnostic);
    }

    /// Reports the objects that could not be read: once for all of which the same is to be said.
    pub(super) fn report_unread(&mut self) {
        let mut same: Vec<(Diagnostic, Vec<EntryId>)> = Vec::new();
        // Where those of one text are; that they are alike in all else is still seen to.
        let mut by_text: BTreeMap<(Cow<'static, str>, String), Vec<usize>> = BTreeMap::new();
        for (entry, diagnostic) in std::mem::take(&mut self.unread) {
            let alike = by_text.entry((diagnostic.summary.clone(), diagnostic.detail.clone())).or_default();
            match alike.iter().find(|at| same[**at].0 == diagnostic) {
                Some(at) => same[*at].1.push(entry),
                None => {
                    alike.push(same.len());
                    same.push((diagnostic, vec![entry]));
                }
            }
        }
        for (mut diagnostic, entries) in same {
            let addr = self.objects.get(entries[0]).addr.clone();
            if entries.len() > 1 {
                let others = entries[1..].iter().take(OTHERS).map(|id| self.objects.get(*id).addr.to_string());
                let others = others.collect::<Vec<_>>().join(", ");
                let more = match entries.len() - 1 {
                    ..=OTHERS => String::new(),
                    count => format!(" and {} more", count - OTHERS),
                };
                diagnostic.detail.push_str(&format!("\n\nNor could be read: {others}{more}."));
            }
            diagnostic = diagnostic.address(addr.to_string());
            if let Some((path, slot)) = self.locate(&addr) {
                let def = &self.module(path).resources[slot as usize];
                diagnostic = diagnostic.at(def.span).within(context(def));
            }
            self.diags.push(diagnostic);
        }
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
