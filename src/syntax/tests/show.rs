//! Trees as short text, for comparing.

use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::TemplatePart;
use crate::syntax::Traversal;
use crate::syntax::UnaryOp;

pub(super) fn show(expr: &Expr) -> String {
    let all = |items: &[Expr]| items.iter().map(show).collect::<Vec<_>>().join(" ");
    match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(number) => number.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Template(parts) => format!("<{}>", parts_of(parts)),
        ExprKind::Wrap(inner) => format!("(wrap {})", show(inner)),
        ExprKind::Variable(name) => name.to_string(),
        ExprKind::GetAttr { of, name, .. } => format!("{}.{name}", show(of)),
        ExprKind::Index { of, key } => format!("{}[{}]", show(of), show(key)),
        ExprKind::AttrSplat { of, each } => format!("{}.*({})", show(of), steps(each)),
        ExprKind::FullSplat { of, each } => format!("{}[*]({})", show(of), steps(each)),
        ExprKind::Call { name, args, expand_final, .. } => {
            format!("({name}! {}{})", all(args), if *expand_final { "..." } else { "" })
        }
        ExprKind::Unary { op: UnaryOp::Neg, of } => format!("(- {})", show(of)),
        ExprKind::Unary { op: UnaryOp::Not, of } => format!("(! {})", show(of)),
        ExprKind::Binary { op, left, right, .. } => format!("({op:?} {} {})", show(left), show(right)),
        ExprKind::Conditional { condition, then, otherwise } => {
            format!("(if {} {} {})", show(condition), show(then), show(otherwise))
        }
        ExprKind::Tuple(items) => format!("[{}]", all(items)),
        ExprKind::Object(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{}={}", show(key), show(value))).collect();
            format!("{{{}}}", entries.join(" "))
        }
        ExprKind::For(inner) => {
            let names: Vec<_> = inner.key_name.iter().chain([&inner.value_name]).map(|name| &**name).collect();
            let key = inner.key.iter().map(|key| format!("{}=>", show(key))).collect::<String>();
            let group = if inner.group { "..." } else { "" };
            let condition = inner.condition.iter().map(|test| format!(" if {}", show(test))).collect::<String>();
            let (of, value) = (show(&inner.collection), show(&inner.value));
            format!("(for {} in {of}: {key}{value}{group}{condition})", names.join(","))
        }
        ExprKind::Parens(inner) => format!("(p {})", show(inner)),
        ExprKind::Error => "error".into(),
    }
}

fn steps(steps: &[Traversal]) -> String {
    let one = |step: &Traversal| match step {
        Traversal::Attr(name, _) => format!(".{name}"),
        Traversal::Index(key) => format!("[{}]", show(key)),
        Traversal::AttrSplat(inner, _) => format!(".*({})", self::steps(inner)),
        Traversal::FullSplat(inner, _) => format!("[*]({})", self::steps(inner)),
    };
    steps.iter().map(one).collect()
}

fn parts_of(parts: &[TemplatePart]) -> String {
    let one = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => format!("{text:?}"),
        TemplatePart::Interpolation(expr) => format!("${}", show(expr)),
        TemplatePart::If { condition, then, otherwise, .. } => {
            format!("(if {} <{}> <{}>)", show(condition), parts_of(then), parts_of(otherwise))
        }
        TemplatePart::For { key_name, value_name, collection, body, .. } => {
            let names: Vec<_> = key_name.iter().chain([value_name]).map(|name| &**name).collect();
            format!("(for {} in {} <{}>)", names.join(","), show(collection), parts_of(body))
        }
    };
    parts.iter().map(one).collect::<Vec<_>>().join(" ")
}
