//! What a root name means: a variable, a local value, a resource, a module call, or one of the few objects that depend
//! on where the expression stands.

use super::Lowerer;
use super::Repeated;
use super::traversal::Step;
use super::traversal::constant_key;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::diag::nearest;
use crate::eval::ExprId;
use crate::eval::PathName;
use crate::eval::Ref;
use crate::eval::RefTarget;
use crate::eval::arena::Context;
use crate::eval::arena::Node;
use crate::value::Str;

/// A reference that was found, and how many steps it has used; or what is wrong with it.
type Resolved = Result<(ExprId, usize), Box<Diagnostic>>;

const INVALID: &str = "Invalid reference";

impl Lowerer<'_> {
    /// The node of a root name that nothing binds, and how many of the steps behind it are part of the reference.
    pub(super) fn reference(&mut self, name: &Str, steps: &[Step<'_>], span: Span) -> (ExprId, usize) {
        let resolved = match self.template_reference(name, span) {
            Some(diagnostic) => Err(Box::new(diagnostic)),
            None => self.resolve(name, steps, span),
        };
        match resolved {
            Ok(found) => found,
            Err(diagnostic) => {
                // The loader checks references too, and knows better what else may be meant.
                let place = diagnostic.span().unwrap_or(span).to(span);
                let is_known = self.diags.iter().any(|known| known.span().is_some_and(|known| overlap(known, place)));
                if !is_known {
                    self.diags.push(*diagnostic);
                }
                (self.arena.push(Node::Failed, span), 0)
            }
        }
    }

    fn resolve(&mut self, name: &Str, steps: &[Step<'_>], span: Span) -> Resolved {
        match &**name {
            "var" => self.variable(one_name("var", steps, span)?, steps[0].span()),
            "local" => self.local(one_name("local", steps, span)?, steps[0].span()),
            "module" => self.module_call(steps, span),
            "data" => self.resource(Mode::Data, steps, 0, span),
            "resource" => self.resource(Mode::Managed, steps, 0, span),
            "each" | "count" | "self" | "path" | "terraform" => self.context(name, steps, span),
            "template" | "lazy" | "arg" => wrong(Diagnostic::error(
                "Reserved symbol name",
                format!(
                    "The symbol name {name:?} is reserved for use in a future Terraform version. If you are using a \
                     provider that already uses this as a resource type name, add the prefix \"resource.\" to force \
                     interpretation as a resource type name."
                ),
            )
            .at(span)),
            _ => self.managed(name, steps, span),
        }
    }

    fn found(&mut self, node: Node, target: RefTarget, text: String, span: Span) -> ExprId {
        if self.around.within.is_some_and(|slot| target == RefTarget::Resource(slot)) {
            let detail = format!("Configuration for {text} may not refer to itself.");
            self.diags.push(Diagnostic::error("Self-referential block", detail).at(span));
            return self.arena.push(Node::Failed, span);
        }
        self.refs.push(Ref { target, span });
        self.arena.push_named(node, text, span)
    }

    fn variable(&mut self, name: &str, span: Span) -> Resolved {
        if let Some(slot) = self.names.variable(name) {
            let text = format!("var.{name}");
            return Ok((self.found(Node::Variable(slot), RefTarget::Variable(slot), text, span), 1));
        }
        let hint = match nearest(name, self.names.variables.iter().map(|known| &**known)) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => format!("This variable can be declared with a variable {name:?} {{}} block."),
        };
        let detail = format!("An input variable with the name {name:?} has not been declared. {hint}");
        wrong(Diagnostic::error("Reference to undeclared input variable", detail).at(span))
    }

    fn local(&mut self, name: &str, span: Span) -> Resolved {
        if let Some(slot) = self.names.local(name) {
            let text = format!("local.{name}");
            return Ok((self.found(Node::Local(slot), RefTarget::Local(slot), text, span), 1));
        }
        let hint = did_you_mean(name, self.names.locals.iter().map(|known| &**known));
        let detail = format!("A local value with the name {name:?} has not been declared.{hint}");
        wrong(Diagnostic::error("Reference to undeclared local value", detail).at(span))
    }

    fn module_call(&mut self, steps: &[Step<'_>], span: Span) -> Resolved {
        let name = one_name("module", steps, span)?;
        let span = steps[0].span();
        let Some(slot) = self.names.call(name) else {
            let hint = did_you_mean(name, self.names.calls.iter().map(|known| &*known.name));
            let detail = format!("No module call named {name:?} is declared in {}.{hint}", self.names.module);
            return wrong(Diagnostic::error("Reference to undeclared module", detail).at(span));
        };
        let names = self.names;
        let call = &names.calls[slot as usize];
        let text = format!("module.{name}");
        let output = |step: Option<&Step<'_>>| {
            let name = step.and_then(Step::attr)?;
            let at = call.outputs.as_ref()?.iter().position(|known| known == name)?;
            Some((u32::try_from(at).expect("fewer outputs than bytes of source"), Str::clone(name)))
        };
        if call.outputs.is_none() {
            // The called module could not be read, so whatever is used of it has failed already.
            return Ok((self.arena.push(Node::Failed, span), steps.len()));
        }
        match (call.repeated, steps.get(1)) {
            (Repeated::No, step) if let Some((output, output_name)) = output(step) => {
                let span = step.map_or(span, Step::span);
                let node = Node::CallOutput { slot, output };
                let target = RefTarget::CallOutput(slot, output);
                Ok((self.found(node, target, format!("{text}.{output_name}"), span), 2))
            }
            (Repeated::Count | Repeated::ForEach, Some(Step::Index(key, key_span))) => {
                let key = self.expr(key);
                let Some((output, output_name)) = output(steps.get(2)) else {
                    let node = Node::CallInstance { slot, key };
                    return Ok((self.found(node, RefTarget::Call(slot), text, *key_span), 2));
                };
                let span = steps[2].span();
                let node = Node::CallInstanceOutput { slot, key, output };
                let target = RefTarget::CallOutput(slot, output);
                Ok((self.found(node, target, format!("{text}[…].{output_name}"), span), 3))
            }
            _ => Ok((self.found(Node::Call(slot), RefTarget::Call(slot), text, span), 1)),
        }
    }

    /// `type.name` without a keyword in front.
    fn managed(&mut self, ty: &Str, steps: &[Step<'_>], span: Span) -> Resolved {
        let Some(name) = steps.first().and_then(Step::attr) else {
            let detail = "A reference to a resource type must be followed by at least one attribute access, specifying \
                          the resource name.";
            return wrong(Diagnostic::error(INVALID, detail).at(steps.first().map_or(span, Step::span)));
        };
        self.resource_named(Mode::Managed, ty, name, steps, 1)
    }

    /// `data.type.name`, `resource.type.name`: `at` is where the type stands.
    fn resource(&mut self, mode: Mode, steps: &[Step<'_>], at: usize, span: Span) -> Resolved {
        let ty = steps.get(at).and_then(Step::attr);
        let name = steps.get(at + 1).and_then(Step::attr);
        let (Some(ty), Some(name)) = (ty, name) else {
            let detail = match mode {
                Mode::Data => {
                    "The \"data\" object must be followed by two attribute names: the data source type and the resource \
                     name."
                }
                Mode::Managed => {
                    "The \"resource\" object must be followed by two attribute names: the resource type and the \
                     resource name."
                }
            };
            return wrong(Diagnostic::error(INVALID, detail).at(steps.last().map_or(span, Step::span)));
        };
        self.resource_named(mode, ty, name, steps, at + 2)
    }

    fn resource_named(&mut self, mode: Mode, ty: &str, name: &str, steps: &[Step<'_>], used: usize) -> Resolved {
        let span = steps[used - 1].span();
        let Some(slot) = self.names.resource(mode, ty, name) else {
            return wrong(self.undeclared_resource(mode, ty, name).at(span));
        };
        let text = match mode {
            Mode::Managed => format!("{ty}.{name}"),
            Mode::Data => format!("data.{ty}.{name}"),
        };
        let target = RefTarget::Resource(slot);
        match (self.names.resources[slot as usize].repeated, steps.get(used)) {
            (Repeated::No, Some(Step::Index(key, key_span))) if constant_key(key).is_some() => {
                let detail = format!(
                    "Because {text} does not have \"count\" or \"for_each\" set, references to it must not include an \
                     index key. Remove the bracketed index to refer to the single instance of this resource."
                );
                wrong(Diagnostic::error("Unexpected resource instance key", detail).at(*key_span))
            }
            (Repeated::Count | Repeated::ForEach, Some(Step::Index(key, key_span))) => {
                let key = self.expr(key);
                let node = Node::ResourceInstance { slot, key };
                Ok((self.found(node, target, text, *key_span), used + 1))
            }
            (repeated @ (Repeated::Count | Repeated::ForEach), Some(Step::Attr(_, attr_span))) => {
                let (argument, index) = match repeated {
                    Repeated::Count => ("count", "count.index"),
                    Repeated::ForEach | Repeated::No => ("for_each", "each.key"),
                };
                let detail = format!(
                    "Because {text} has {argument:?} set, its attributes must be accessed on specific \
                     instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
                     {text}[{index}]"
                );
                wrong(Diagnostic::error("Missing resource instance key", detail).at(*attr_span))
            }
            _ => Ok((self.found(Node::Resource(slot), target, text, span), used)),
        }
    }

    fn undeclared_resource(&self, mode: Mode, ty: &str, name: &str) -> Diagnostic {
        let (article, other) = match mode {
            Mode::Managed => ("A managed resource", Mode::Data),
            Mode::Data => ("A data resource", Mode::Managed),
        };
        let same_type = self.names.resources.iter().filter(|known| known.mode == mode && *known.ty == *ty);
        let hint = if self.names.resource(other, ty, name).is_some() {
            match other {
                Mode::Data => format!("\n\nDid you mean the data resource data.{ty}.{name}?"),
                Mode::Managed => format!("\n\nDid you mean the managed resource {ty}.{name}?"),
            }
        } else {
            did_you_mean(name, same_type.map(|known| &*known.name))
        };
        let detail = format!("{article} {ty:?} {name:?} has not been declared in {}.{hint}", self.names.module);
        Diagnostic::error("Reference to undeclared resource", detail)
    }

    fn context(&mut self, root: &str, steps: &[Step<'_>], span: Span) -> Resolved {
        if root == "self" {
            if !self.around.has_self {
                let detail = "The \"self\" object is not available in this context. This object can be used only in \
                              resource provisioner, connection, and postcondition blocks.";
                return wrong(Diagnostic::error("Invalid \"self\" reference", detail).at(span));
            }
            return Ok((self.arena.push_named(Node::Context(Context::SelfValue), "self", span), 0));
        }
        let name = one_name(root, steps, span)?;
        let span = steps[0].span();
        let context = match (root, &**name) {
            ("each", "key") => Context::EachKey,
            ("each", "value") => Context::EachValue,
            ("count", "index") => Context::CountIndex,
            ("path", "module") => Context::Path(PathName::Module),
            ("path", "root") => Context::Path(PathName::Root),
            ("path", "cwd") => Context::Path(PathName::Cwd),
            ("terraform", "workspace") => Context::Workspace,
            ("terraform", "applying") => Context::Applying,
            _ => return wrong(no_such_attribute(root, name).at(span)),
        };
        let wanted = match context {
            Context::EachKey | Context::EachValue => Repeated::ForEach,
            Context::CountIndex => Repeated::Count,
            Context::SelfValue | Context::Path(_) | Context::Workspace | Context::Applying => self.around.repeated,
        };
        if wanted != self.around.repeated {
            return wrong(outside_of_repetition(wanted).at(span));
        }
        Ok((self.arena.push_named(Node::Context(context), format!("{root}.{name}"), span), 1))
    }
}

fn wrong<T>(diagnostic: Diagnostic) -> Result<T, Box<Diagnostic>> {
    Err(Box::new(diagnostic))
}

fn overlap(a: Span, b: Span) -> bool {
    a.source == b.source && a.start < b.end && b.start < a.end
}

/// The name right behind a root that is followed by exactly one.
fn one_name<'e>(root: &str, steps: &[Step<'e>], span: Span) -> Result<&'e Str, Box<Diagnostic>> {
    match steps.first() {
        Some(Step::Attr(name, _)) => Ok(name),
        Some(Step::Index(_, span)) => {
            wrong(Diagnostic::error(INVALID, format!("The {root:?} object does not support this operation.")).at(*span))
        }
        None => {
            let detail =
                format!("The {root:?} object cannot be accessed directly. Instead, access one of its attributes.");
            wrong(Diagnostic::error(INVALID, detail).at(span))
        }
    }
}

fn no_such_attribute(root: &str, name: &str) -> Diagnostic {
    let detail = match root {
        "each" => format!(
            "The \"each\" object does not have an attribute named {name:?}. The supported attributes are each.key and \
             each.value, the current key and value pair of the \"for_each\" attribute set."
        ),
        "count" => format!(
            "The \"count\" object does not have an attribute named {name:?}. The only supported attribute is \
             count.index, which is the index of each instance of a resource block that has the \"count\" argument set."
        ),
        "terraform" => format!(
            "The \"terraform\" object does not have an attribute named {name:?}. The only supported attributes \
             are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which \
             is true only during apply."
        ),
        _ => {
            let hint = did_you_mean(name, ["cwd", "module", "root"]);
            format!("The {root:?} object does not have an attribute named {name:?}.{hint}")
        }
    };
    Diagnostic::error(format!("Invalid {root:?} attribute"), detail)
}

fn outside_of_repetition(wanted: Repeated) -> Diagnostic {
    if wanted == Repeated::Count {
        let detail = "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only \
                      when the \"count\" argument is set.";
        return Diagnostic::error("Reference to \"count\" in non-counted context", detail);
    }
    let detail = "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
                  \"for_each\" argument is set.";
    Diagnostic::error("Reference to \"each\" in context without for_each", detail)
}
