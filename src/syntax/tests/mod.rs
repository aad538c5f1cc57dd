mod expressions;
mod mistakes;
mod robust;
mod show;
mod templates;

use super::Body;
use super::Expr;
use super::parse;
use super::parse_expression;
use super::parse_template;
use crate::diag::Diagnostics;
use crate::diag::Sources;

/// Reads a file; gives its body and its mistakes as `line,column summary`.
fn file(text: &str) -> (Body, Vec<String>) {
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let id = sources.add("main.tf", text);
    let body = parse(&sources, id, &mut diags);
    (body, problems(&sources, &diags))
}

fn expression(text: &str) -> Result<Expr, Vec<String>> {
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let id = sources.add("x", text);
    let expr = parse_expression(&sources, id, &mut diags);
    expr.filter(|_| diags.is_empty()).ok_or_else(|| problems(&sources, &diags))
}

fn template(text: &str) -> Result<Expr, Vec<String>> {
    let (sources, mut diags) = (Sources::new(), Diagnostics::new());
    let id = sources.add("x", text);
    let expr = parse_template(&sources, id, &mut diags);
    expr.filter(|_| diags.is_empty()).ok_or_else(|| problems(&sources, &diags))
}

fn problems(sources: &Sources, diags: &Diagnostics) -> Vec<String> {
    let place = |span: crate::diag::Span| {
        let position = sources.get(span.source).position(span.start);
        format!("{},{}", position.line, position.column)
    };
    diags.iter().map(|known| format!("{} {}", known.span().map(place).unwrap_or_default(), known.summary)).collect()
}
