//! `max_unavailable`: how many instances of a resource may be out of service at once.

use super::Mode;
use super::PathId;
use super::Planner;
use super::evaluate::Place;
use super::resource::context;
use crate::diag::Diagnostic;
use crate::eval::ResourceDef;
use crate::graph::NodeId;
use crate::value::Marks;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;

/// What hosts do when nothing else is said: one after another.
pub(super) const ON_HOSTS: usize = 1;

impl Planner<'_> {
    /// Finds how wide the waves of a resource are in one module instance. What will not do is reported, once.
    pub(super) fn find_width(&mut self, node: NodeId, path: PathId, module: u32, def: &ResourceDef) {
        let Some(expr) = def.lifecycle.max_unavailable else { return };
        if self.input.options.mode == Mode::Destroy || self.widths.contains_key(&(node, module)) {
            return;
        }
        let value = self.evaluate(Place::module(path, module), expr);
        let width = match width(&value) {
            _ if self.input.options.validating && !value.is_known() => None,
            Ok(width) => width,
            Err(detail) => {
                let span = self.module(path).arena.span(expr);
                let diagnostic = Diagnostic::error("Invalid max_unavailable argument", detail);
                self.diags.push(diagnostic.at(span).within(context(def)));
                None
            }
        };
        self.widths.insert((node, module), width);
    }

    /// How many instances in a module instance may be out of service at once; `None` for any number.
    pub(super) fn width(&self, node: NodeId, module: u32, ty: &str) -> Option<usize> {
        match self.widths.get(&(node, module)) {
            Some(width) => *width,
            None => ty.starts_with("host_").then_some(ON_HOSTS),
        }
    }
}

/// A width as it is configured; `None` where it has failed before.
fn width(value: &Value) -> Result<Option<usize>, String> {
    if value.marks().contains(Marks::FAILED) {
        return Ok(None);
    }
    let unsuitable = |why: &str| format!("The given \"max_unavailable\" argument value is unsuitable: {why}.");
    match convert(value.unmarked(), Type::NUMBER) {
        Err(error) => Err(unsuitable(&error.to_string())),
        Ok(Value::Null(_)) => {
            Err("The given \"max_unavailable\" argument value is null. An integer is required.".to_owned())
        }
        Ok(Value::Number(number)) => match number.as_i64().and_then(|width| usize::try_from(width).ok()) {
            Some(width) if width > 0 => Ok(Some(width)),
            _ => Err(unsuitable("value must be a whole number of at least 1")),
        },
        Ok(_) => Err("The \"max_unavailable\" value depends on resource attributes that cannot be determined until \
                      apply, so infra cannot tell how many instances may change at once. Use a number that is known when \
                      planning."
            .to_owned()),
    }
}
