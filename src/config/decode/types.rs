//! Type constraints: `list(object({ a = optional(string, "x") }))`.

use std::sync::Arc;

use super::constant::check_constant;
use super::content::Cx;
use crate::diag::Span;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::value::ObjectAttr;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

const SUMMARY: &str = "Invalid type specification";

/// Where a default was written, and the default.
pub(super) type Defaults = Vec<(Path, Expr)>;

/// A variable's `type`. Defaults of optional attributes are added to `defaults`, by the place of the attribute: an
/// attribute by its name, a tuple's element by its number, each element of a collection by `null`.
pub(super) fn constraint(cx: &mut Cx<'_>, expr: &Expr, defaults: &mut Defaults) -> Option<Type> {
    if let ExprKind::String(text) = &expr.kind {
        return quoted(cx, expr, text);
    }
    // As Terraform 0.11 had them: elements of any one type.
    match &expr.kind {
        ExprKind::Variable(name) if &**name == "list" => return Some(Type::list(Type::DYNAMIC)),
        ExprKind::Variable(name) if &**name == "map" => return Some(Type::map(Type::DYNAMIC)),
        _ => {}
    }
    Reader { cx, defaults }.read(expr, &Path::root())
}

fn quoted(cx: &mut Cx<'_>, expr: &Expr, text: &str) -> Option<Type> {
    let hint = match text {
        "string" => "Remove the quotes around \"string\".",
        "list" => {
            "Remove the quotes around \"list\" and write list(string) instead to explicitly indicate that the list \
             elements are strings."
        }
        "map" => {
            "Remove the quotes around \"map\" and write map(string) instead to explicitly indicate that the map elements \
             are strings."
        }
        _ => "Remove the quotes around the type.",
    };
    let detail = format!(
        "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and \
         will be removed in a future version of Terraform. {hint}"
    );
    cx.error(expr.span, "Invalid quoted type constraints", detail);
    None
}

struct Reader<'a, 'b> {
    cx: &'a mut Cx<'b>,
    defaults: &'a mut Defaults,
}

impl Reader<'_, '_> {
    fn read(&mut self, expr: &Expr, path: &Path) -> Option<Type> {
        match &expr.kind {
            ExprKind::Variable(name) => self.keyword(expr, name),
            ExprKind::Call { name, name_span, args, .. } => self.constructor(expr, name, *name_span, args, path),
            ExprKind::Error => None,
            _ => self.refuse(
                expr.span,
                "A type specification is either a primitive type keyword (bool, number, string) or a complex type \
                 constructor call, like list(string).",
            ),
        }
    }

    fn keyword(&mut self, expr: &Expr, name: &str) -> Option<Type> {
        match name {
            "bool" => Some(Type::BOOL),
            "number" => Some(Type::NUMBER),
            "string" => Some(Type::STRING),
            "any" => Some(Type::DYNAMIC),
            "list" | "set" | "map" => self.refuse(
                expr.span,
                format!("The {name} type constructor requires one argument specifying the element type."),
            ),
            "object" => self.refuse(expr.span, OBJECT_ARGUMENT),
            "tuple" => self.refuse(expr.span, TUPLE_ARGUMENT),
            "optional" => self.refuse(expr.span, OPTIONAL_PLACE),
            _ => {
                let hint = crate::diag::did_you_mean(name, ["bool", "number", "string", "any"]);
                self.refuse(expr.span, format!("The keyword \"{name}\" is not a valid type specification.{hint}"))
            }
        }
    }

    fn constructor(&mut self, call: &Expr, name: &str, name_span: Span, args: &[Expr], path: &Path) -> Option<Type> {
        let parens = Span { start: name_span.end, ..call.span };
        match name {
            "bool" | "number" | "string" => {
                let detail = format!("Primitive type keyword \"{name}\" does not expect arguments.");
                return self.refuse(parens, detail);
            }
            "any" => {
                return self.refuse(parens, "Type constraint keyword \"any\" does not expect arguments.");
            }
            "optional" => return self.refuse(name_span, OPTIONAL_PLACE),
            "list" | "set" | "map" | "object" | "tuple" => {}
            _ => return self.refuse(call.span, format!("Keyword \"{name}\" is not a valid type constructor.")),
        }
        let [arg] = args else {
            let detail = match name {
                "object" => OBJECT_ARGUMENT.to_owned(),
                "tuple" => TUPLE_ARGUMENT.to_owned(),
                _ => format!("The {name} type constructor requires one argument specifying the element type."),
            };
            return self.refuse(args.get(1).map_or(parens, |extra| extra.span), detail);
        };
        match name {
            "object" => self.object(arg, path),
            "tuple" => self.tuple(arg, path),
            _ => {
                let element = self.read(arg, &path.clone().index(Value::NULL))?;
                Some(match name {
                    "list" => Type::list(element),
                    "set" => Type::set(element),
                    _ => Type::map(element),
                })
            }
        }
    }

    fn tuple(&mut self, arg: &Expr, path: &Path) -> Option<Type> {
        let ExprKind::Tuple(items) = &arg.kind else {
            return self.refuse(arg.span, "Tuple type constructor requires a list of element types.");
        };
        let place = |at: usize| path.clone().index(i64::try_from(at).unwrap_or(i64::MAX));
        let types: Vec<_> = items.iter().enumerate().map(|(at, item)| self.read(item, &place(at))).collect();
        types.into_iter().collect::<Option<_>>().map(Type::tuple)
    }

    fn object(&mut self, arg: &Expr, path: &Path) -> Option<Type> {
        let ExprKind::Object(entries) = &arg.kind else {
            let detail = "Object type constructor requires a map whose keys are attribute names and whose values are the \
                          corresponding attribute types.";
            return self.refuse(arg.span, detail);
        };
        let mut attributes: Vec<ObjectAttr> = Vec::new();
        let mut is_whole = true;
        for (key, value) in entries {
            let Some(name) = self.attribute_name(key) else {
                is_whole = false;
                continue;
            };
            if attributes.iter().any(|known| known.name == name) {
                self.refuse::<()>(key.span, "Object constructor map keys must be unique.");
                is_whole = false;
                continue;
            }
            match self.attribute(value, &path.clone().attr(Arc::clone(&name))) {
                Some((ty, optional)) => attributes.push(ObjectAttr { name, ty, optional }),
                None => is_whole = false,
            }
        }
        is_whole.then(|| Type::object(attributes))
    }

    /// A bare name. A quoted one has the same tree, so the text's first character tells.
    fn attribute_name(&mut self, key: &Expr) -> Option<Str> {
        let source = self.cx.sources.get(key.span.source);
        match &key.kind {
            ExprKind::String(name) if !source.slice(key.span).starts_with('"') => Some(Arc::clone(name)),
            _ => self.refuse(key.span, "Object constructor map keys must be attribute names."),
        }
    }

    /// An attribute's type, and whether it is optional.
    fn attribute(&mut self, value: &Expr, path: &Path) -> Option<(Type, bool)> {
        let ExprKind::Call { name, name_span, args, .. } = &value.kind else {
            return self.read(value, path).map(|ty| (ty, false));
        };
        if &**name != "optional" {
            return self.read(value, path).map(|ty| (ty, false));
        }
        match args.as_slice() {
            [] => {
                let parens = Span { start: name_span.end, ..value.span };
                self.refuse(parens, "Optional attribute modifier requires the attribute type as its argument.")
            }
            [ty] => self.read(ty, path).map(|ty| (ty, true)),
            [ty, default] => {
                let ty = self.read(ty, path);
                if check_constant(default, self.cx.diags) {
                    self.defaults.push((path.clone(), default.clone()));
                }
                ty.map(|ty| (ty, true))
            }
            [_, extra, ..] => {
                let detail = "Optional attribute modifier expects at most two arguments: the attribute type, and a \
                              default value.";
                self.refuse(extra.span, detail)
            }
        }
    }

    fn refuse<T>(&mut self, at: Span, detail: impl Into<String>) -> Option<T> {
        self.cx.error(at, SUMMARY, detail);
        None
    }
}

const OBJECT_ARGUMENT: &str =
    "The object type constructor requires one argument specifying the attribute types and values as a map.";
const TUPLE_ARGUMENT: &str = "The tuple type constructor requires one argument specifying the element types as a list.";
const OPTIONAL_PLACE: &str = "Keyword \"optional\" is valid only as a modifier for object type attributes.";
