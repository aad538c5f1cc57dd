//! Function calls, and the two functions that catch problems.

use super::Evaluator;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::eval::function;
use crate::eval::function::CallError;
use crate::eval::function::FunctionId;
use crate::value::Marks;
use crate::value::Type;
use crate::value::Value;

const EXPANDING: &str = "Invalid expanding argument value";

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn function(&mut self, id: ExprId, function: FunctionId, args: &[ExprId], expand_final: bool) -> Value {
        let mut values: Vec<Value> = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.expr(*arg));
        }
        if expand_final && let Some(last) = values.pop() {
            let (plain, marks) = last.unmark();
            match &plain {
                Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                    let elements = plain.as_elements().unwrap_or_default().iter();
                    values.extend(elements.map(|value| value.clone().with_marks(marks)));
                }
                Value::Unknown(unknown) if unknown.ty() == Type::DYNAMIC || !is_scalar(unknown.ty()) => {
                    return Value::unknown(Type::DYNAMIC).with_marks(marks);
                }
                _ => {
                    let detail = match plain {
                        Value::Null(_) => "The expanding argument (indicated by ...) must not be null.",
                        _ => "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
                    };
                    let last = args.last().copied().unwrap_or(id);
                    self.problem(last, self.arena.span(last), EXPANDING, detail);
                    return Value::failed(Type::DYNAMIC).with_marks(marks);
                }
            }
        }
        let definition = function::function(function);
        if definition.is_impure() && !self.scope.applying() {
            let marks = values.iter().fold(Marks::NONE, |marks, value| marks | value.marks_deep());
            let plain: Vec<Value> = values.into_iter().map(|value| value.unmark_deep().0).collect();
            let result = definition.unknown_result(&plain);
            return result.unwrap_or_else(|_| Value::unknown(Type::DYNAMIC)).with_marks(marks);
        }
        match function::call(function, self.cx, &values) {
            Ok(value) => value,
            // An argument that stands in for a failed one is to blame, not what the function makes of it.
            Err(_) if values.iter().any(|value| value.marks().contains(Marks::FAILED)) => Value::failed(Type::DYNAMIC),
            Err(error) => self.call_failed(id, function, args, &error),
        }
    }

    fn call_failed(&mut self, id: ExprId, function: FunctionId, args: &[ExprId], error: &CallError) -> Value {
        let function = function::function(function);
        for error in error.each() {
            let (of, span) = match error {
                // Of an expanded argument only the whole has a place.
                CallError::Argument { index, .. } => {
                    let arg = args.get(*index).or(args.last()).copied().unwrap_or(id);
                    (arg, self.arena.span(arg))
                }
                _ => (id, self.arena.span(id)),
            };
            self.problem(of, span, error.summary(), error.detail(function));
        }
        Value::failed(Type::DYNAMIC)
    }

    /// The first argument that evaluates without a problem.
    pub(super) fn try_each(&mut self, id: ExprId, args: &[ExprId]) -> Value {
        let mut problems = Diagnostics::new();
        for arg in args {
            let (value, found) = self.tersely(|evaluator| evaluator.expr(*arg));
            if found.has_errors() || value.marks().contains(Marks::FAILED) {
                problems.extend(found);
                continue;
            }
            // What is not wholly known may yet fail, and then another argument would be chosen.
            if !value.is_wholly_known() {
                return Value::unknown(Type::DYNAMIC).with_marks(value.marks_deep());
            }
            return value;
        }
        if problems.is_empty() {
            // Every argument stands for something that was reported where it failed.
            return Value::failed(Type::DYNAMIC);
        }
        let listed: Vec<String> = problems.iter().map(|problem| self.listed(problem)).collect();
        let detail = format!(
            "Call to function \"try\" failed: no expression succeeded:\n{}\n\nAt least one expression must produce a \
             successful result.",
            listed.join("\n")
        );
        self.fail(id, Type::DYNAMIC, "Error in function call", detail)
    }

    fn listed(&self, problem: &Diagnostic) -> String {
        let place = self.sources.zip(problem.span());
        let place = place.map(|(sources, span)| format!(" (at {})", sources.place(span)));
        format!("- {}{}\n  {}", problem.summary, place.unwrap_or_default(), problem.detail)
    }

    /// Whether the argument evaluates without a problem.
    pub(super) fn can(&mut self, arg: ExprId) -> Value {
        let (value, found) = self.tersely(|evaluator| evaluator.expr(arg));
        if found.has_errors() || value.marks().contains(Marks::FAILED) {
            return Value::Bool(false);
        }
        if !value.is_wholly_known() {
            return Value::unknown_not_null(Type::BOOL);
        }
        Value::Bool(true)
    }
}

fn is_scalar(ty: Type) -> bool {
    ty.is_primitive() || ty.attributes().is_some()
}
