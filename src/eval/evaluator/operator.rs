//! Operators with one and two operands. Both operands are always evaluated, as in Terraform 1.11.

use super::Evaluator;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::eval::arena::Node;
use crate::eval::function::equal;
use crate::syntax::BinaryOp;
use crate::syntax::UnaryOp;
use crate::value::Marks;
use crate::value::Number;
use crate::value::Type;
use crate::value::Unknown;
use crate::value::Value;
use crate::value::convert::convert;

/// What is wrong with an operation.
enum Wrong {
    Left(String),
    Right(String),
    Both(String, String),
    Operation(String),
}

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn unary(&mut self, id: ExprId, op: UnaryOp, of: ExprId) -> Value {
        let (value, marks) = self.expr(of).unmark_deep();
        let ty = match op {
            UnaryOp::Neg => Type::NUMBER,
            UnaryOp::Not => Type::BOOL,
        };
        let value = match convert(&value, ty) {
            Ok(value) => value,
            Err(_) if marks.contains(Marks::FAILED) => return Value::failed(ty).with_marks(marks),
            Err(error) => {
                let detail = format!("Unsuitable value for unary operand: {error}.");
                self.problem(id, self.arena.span(of), "Invalid operand", detail);
                return Value::failed(ty).with_marks(marks);
            }
        };
        let result = match (op, value) {
            (UnaryOp::Neg, Value::Number(number)) => Value::Number(number.neg()),
            (UnaryOp::Not, Value::Bool(value)) => Value::Bool(!value),
            (_, Value::Null(_)) => {
                let detail = "Error during operation: argument must not be null.";
                self.fail(id, ty, "Operation failed", detail)
            }
            _ => Value::unknown_not_null(ty),
        };
        result.with_marks(marks)
    }

    /// Evaluates a chain of operators from its leftmost operand on.
    pub(super) fn binary(&mut self, id: ExprId) -> Value {
        let mut chain = Vec::new();
        let mut leftmost = id;
        while let Node::Binary { op, left, right } = self.arena.node(leftmost) {
            chain.push((leftmost, *op, *left, *right));
            leftmost = *left;
        }
        let mut value = self.expr(leftmost);
        for (id, op, left, right) in chain.into_iter().rev() {
            let operand = self.expr(right);
            value = self.operation(id, op, (left, value), (right, operand));
        }
        value
    }

    fn operation(&mut self, id: ExprId, op: BinaryOp, left: (ExprId, Value), right: (ExprId, Value)) -> Value {
        let (a, left_marks) = left.1.unmark_deep();
        let (b, right_marks) = right.1.unmark_deep();
        let marks = left_marks | right_marks;
        let wrong = match apply(op, &a, &b) {
            Ok(value) => return value.with_marks(marks),
            Err(wrong) => wrong,
        };
        let (left_message, right_message) = match wrong {
            Wrong::Left(message) => (Some(message), None),
            Wrong::Right(message) => (None, Some(message)),
            Wrong::Both(left, right) => (Some(left), Some(right)),
            Wrong::Operation(_) if marks.contains(Marks::FAILED) => {
                return Value::failed(result_type(op)).with_marks(marks);
            }
            Wrong::Operation(message) => {
                let detail = format!("Error during operation: {message}.");
                return self.fail(id, result_type(op), "Operation failed", detail).with_marks(marks);
            }
        };
        let sides = [("left", left.0, left_message, left_marks), ("right", right.0, right_message, right_marks)];
        for (side, operand, message, own) in sides {
            if let Some(message) = message
                && !own.contains(Marks::FAILED)
            {
                let detail = format!("Unsuitable value for {side} operand: {message}.");
                self.problem(operand, self.arena.span(operand), "Invalid operand", detail);
            }
        }
        Value::failed(result_type(op)).with_marks(marks)
    }
}

fn result_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => Type::NUMBER,
        BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => Type::BOOL,
    }
}

/// The result for two values without marks.
fn apply(op: BinaryOp, a: &Value, b: &Value) -> Result<Value, Wrong> {
    match op {
        BinaryOp::Equal => return Ok(known_or_not(equality(a, b))),
        BinaryOp::NotEqual => return Ok(known_or_not(equality(a, b).map(|equal| !equal))),
        _ => {}
    }
    if let (Value::Number(a), Value::Number(b)) = (a, b)
        && let Some(result) = of_numbers(op, a, b)
    {
        return result;
    }
    let ty = if matches!(op, BinaryOp::And | BinaryOp::Or) { Type::BOOL } else { Type::NUMBER };
    let (a, b) = match (convert(a, ty), convert(b, ty)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(left), Ok(_)) => return Err(Wrong::Left(left.message)),
        (Ok(_), Err(right)) => return Err(Wrong::Right(right.message)),
        (Err(left), Err(right)) => return Err(Wrong::Both(left.message, right.message)),
    };
    if a.is_null() || b.is_null() {
        return Err(Wrong::Operation("argument must not be null".to_owned()));
    }
    match (op, &a, &b) {
        (_, Value::Number(a), Value::Number(b)) if let Some(result) = of_numbers(op, a, b) => result,
        (BinaryOp::And, Value::Bool(a), Value::Bool(b)) => Ok(Value::Bool(*a && *b)),
        (BinaryOp::Or, Value::Bool(a), Value::Bool(b)) => Ok(Value::Bool(*a || *b)),
        _ => Ok(by_bounds(op, &a, &b).map_or_else(|| Value::unknown_not_null(result_type(op)), Value::Bool)),
    }
}

/// Of two unknowns only those that will both be one attribute's value, unchanged, are known to be equal.
fn equality(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Unknown(a), Value::Unknown(b)) => (a.origin().is_some() && a.origin() == b.origin()).then_some(true),
        _ => equal(a, b),
    }
}

fn known_or_not(result: Option<bool>) -> Value {
    result.map_or_else(|| Value::unknown_not_null(Type::BOOL), Value::Bool)
}

/// `None` for operators that do not take numbers.
fn of_numbers(op: BinaryOp, a: &Number, b: &Number) -> Option<Result<Value, Wrong>> {
    let result = match op {
        BinaryOp::Add => a.add(b),
        BinaryOp::Subtract => a.sub(b),
        BinaryOp::Multiply => a.mul(b),
        BinaryOp::Divide => a.div(b),
        BinaryOp::Modulo => a.rem(b),
        BinaryOp::Less => return Some(Ok(Value::Bool(a < b))),
        BinaryOp::LessOrEqual => return Some(Ok(Value::Bool(a <= b))),
        BinaryOp::Greater => return Some(Ok(Value::Bool(a > b))),
        BinaryOp::GreaterOrEqual => return Some(Ok(Value::Bool(a >= b))),
        BinaryOp::Or | BinaryOp::And | BinaryOp::Equal | BinaryOp::NotEqual => return None,
    };
    Some(result.map(Value::Number).map_err(|error| Wrong::Operation(error.to_string())))
}

/// A comparison that the bounds of an unknown number decide.
fn by_bounds(op: BinaryOp, a: &Value, b: &Value) -> Option<bool> {
    let (a_min, a_max) = bounds(a);
    let (b_min, b_max) = bounds(b);
    let below = |a: Option<&Number>, b: Option<&Number>| Some(a? < b?);
    let at_most = |a: Option<&Number>, b: Option<&Number>| Some(a? <= b?);
    let decide = |yes: Option<bool>, no: Option<bool>| match (yes, no) {
        (Some(true), _) => Some(true),
        (_, Some(true)) => Some(false),
        _ => None,
    };
    match op {
        BinaryOp::Less => decide(below(a_max, b_min), at_most(b_max, a_min)),
        BinaryOp::LessOrEqual => decide(at_most(a_max, b_min), below(b_max, a_min)),
        BinaryOp::Greater => decide(below(b_max, a_min), at_most(a_max, b_min)),
        BinaryOp::GreaterOrEqual => decide(at_most(b_max, a_min), below(a_max, b_min)),
        _ => None,
    }
}

fn bounds(value: &Value) -> (Option<&Number>, Option<&Number>) {
    match value {
        Value::Number(number) => (Some(number), Some(number)),
        _ => match value.as_unknown().map(Unknown::refinement) {
            Some(known) => (known.min.as_ref(), known.max.as_ref()),
            None => (None, None),
        },
    }
}

/// Whether a condition holds, with its marks: `Ok(None)` when that is not known, an error in Terraform's words when the
/// value is no condition.
pub(crate) fn truth(value: &Value) -> Result<(Option<bool>, Marks), String> {
    let marks = value.marks();
    match convert(value.unmarked(), Type::BOOL) {
        Ok(Value::Bool(holds)) => Ok((Some(holds), marks)),
        Ok(_) => Ok((None, marks)),
        Err(error) => Err(error.message),
    }
}
