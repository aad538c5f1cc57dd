//! Addresses written as expressions, in `moved`, `removed` and `import` blocks.

use crate::addr::InstanceKey;
use crate::addr::Mode;
use crate::addr::ModuleInstance;
use crate::addr::Target;
use crate::addr::TargetResource;
use crate::config::traversal::StepKind;
use crate::config::traversal::Traversal;
use crate::config::traversal::TraversalStep;
use crate::config::traversal::as_traversal;
use crate::config::traversal::not_static;
use crate::diag::Span;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::Str;

use super::content::Cx;

const SUMMARY: &str = "Invalid address";

/// Names that begin something else than a resource's address.
const RESERVED: [&str; 8] = ["count", "each", "local", "path", "self", "terraform", "var", "output"];

/// The address that an expression spells.
pub(super) fn target(cx: &mut Cx<'_>, expr: &Expr) -> Option<Target> {
    match as_traversal(expr) {
        Some(traversal) => address(cx, &traversal),
        None => {
            if !matches!(expr.kind, ExprKind::Error) {
                cx.diags.push(not_static(expr.span));
            }
            None
        }
    }
}

/// The address that a traversal spells.
pub(super) fn address(cx: &mut Cx<'_>, traversal: &Traversal) -> Option<Target> {
    let mut reader =
        Reader { next: Some(Str::clone(&traversal.root)), steps: traversal.steps.iter(), at: traversal.span };
    let mut modules = Vec::new();
    loop {
        let first = match reader.name() {
            Some(name) => name,
            None if !modules.is_empty() => {
                return Some(Target { module: ModuleInstance::from_iter(modules), resource: None });
            }
            None => return refuse(cx, traversal.span, RESOURCE),
        };
        let mode = match &*first {
            "module" => {
                let Some(name) = reader.name() else {
                    return refuse(cx, reader.at, "Prefix \"module.\" must be followed by a module name.");
                };
                modules.push((name, reader.key()));
                continue;
            }
            "data" => Mode::Data,
            "resource" => Mode::Managed,
            reserved if RESERVED.contains(&reserved) => {
                let detail = format!(
                    "The keyword \"{reserved}\" is reserved and cannot be used to target a resource address. If you are \
                     targeting a resource type that uses a reserved keyword, please prefix your address with \"resource.\"."
                );
                return refuse(cx, traversal.span, detail);
            }
            _ => Mode::Managed,
        };
        let has_prefix = matches!(&*first, "data" | "resource");
        let ty = if has_prefix { reader.name() } else { Some(first) };
        let (Some(ty), Some(name)) = (ty, reader.name()) else { return refuse(cx, reader.at, RESOURCE) };
        let key = reader.key();
        if let Some(extra) = reader.steps.next() {
            let is_name = key == InstanceKey::None && matches!(extra.kind, StepKind::Attr(_));
            let detail = if is_name {
                "Resource instance key must be given in square brackets."
            } else {
                "Unexpected extra operators after address."
            };
            return refuse(cx, extra.span, detail);
        }
        let resource = Some(TargetResource { mode, ty, name, key });
        return Some(Target { module: ModuleInstance::from_iter(modules), resource });
    }
}

const RESOURCE: &str = "Resource specification must include a resource type and name.";

struct Reader<'t> {
    next: Option<Str>,
    steps: std::slice::Iter<'t, TraversalStep>,
    /// The step that was looked at last: where to point when something is missing.
    at: Span,
}

impl Reader<'_> {
    fn name(&mut self) -> Option<Str> {
        if let Some(root) = self.next.take() {
            return Some(root);
        }
        let step = self.steps.as_slice().first()?;
        self.at = step.span;
        let name = step.attr().cloned()?;
        self.steps.next();
        Some(name)
    }

    fn key(&mut self) -> InstanceKey {
        let Some(StepKind::Index(value)) = self.steps.as_slice().first().map(|step| &step.kind) else {
            return InstanceKey::None;
        };
        match InstanceKey::from_value(value) {
            Some(key) => {
                self.steps.next();
                key
            }
            None => InstanceKey::None,
        }
    }
}

fn refuse<T>(cx: &mut Cx<'_>, at: Span, detail: impl Into<String>) -> Option<T> {
    cx.error(at, SUMMARY, detail);
    None
}
