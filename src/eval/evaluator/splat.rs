//! `of[*].a`: the same steps into each element.

use std::sync::Arc;

use super::Evaluator;
use crate::eval::ExprId;
use crate::eval::Scope;
use crate::value::Marks;
use crate::value::Refinement;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Unknown;
use crate::value::Value;

impl<S: Scope> Evaluator<'_, S> {
    pub(super) fn splat(&mut self, id: ExprId, of: ExprId, each: ExprId) -> Value {
        let source = self.expr(of);
        let (plain, marks) = source.unmark();
        if marks.contains(Marks::FAILED) {
            return Value::failed(Type::DYNAMIC).with_marks(marks);
        }
        let is_sequence = is_sequence(&plain);
        match &plain {
            Value::Null(_) if is_sequence => {
                let detail = "Splat expressions (with the * symbol) cannot be applied to null sequences.";
                return self.fail(id, Type::DYNAMIC, "Splat of null value", detail).with_marks(marks);
            }
            // What is not a sequence counts as one of one element, or of none.
            Value::Null(_) => return Value::tuple(Vec::new()).with_marks(marks),
            Value::Unknown(unknown) if unknown.ty() == Type::DYNAMIC => {
                return Value::unknown(Type::DYNAMIC).with_marks(marks);
            }
            Value::Unknown(unknown) if !is_sequence && !unknown.refinement().not_null => {
                // Null would give no element, anything else one: the type is open, but the steps can be checked.
                self.bound([plain.clone()], |evaluator| evaluator.expr(each));
                return Value::unknown(Type::DYNAMIC).with_marks(marks);
            }
            Value::Unknown(unknown) if is_sequence => return self.splat_unknown(unknown, each).with_marks(marks),
            _ => {}
        }
        let single = [plain.clone()];
        let elements = if is_sequence { plain.as_elements().unwrap_or_default() } else { &single };
        let mut is_failed = false;
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.bound([element.clone()], |evaluator| evaluator.expr(each));
            is_failed |= value.marks().contains(Marks::FAILED);
            values.push(value);
        }
        let result = match &plain {
            Value::List(_) | Value::Set(_) if is_failed => Value::failed(Type::DYNAMIC),
            Value::List(list) => self.list_of(values, list.element(), each),
            Value::Set(set) => self.list_of(values, set.element(), each),
            _ => Value::tuple(values),
        };
        result.with_marks(marks)
    }

    /// Elements of a list or set are of one type, so are the results; without any the steps say which.
    fn list_of(&mut self, values: Vec<Value>, element: Type, each: ExprId) -> Value {
        let ty = match values.first() {
            Some(value) => value.ty(),
            None => self.type_of_each(element, each),
        };
        Value::list(ty, values)
    }

    fn type_of_each(&mut self, element: Type, each: ExprId) -> Type {
        self.bound([Value::unknown(element)], |evaluator| evaluator.expr(each)).ty()
    }

    fn splat_unknown(&mut self, unknown: &Unknown, each: ExprId) -> Value {
        let mut refinement = Refinement { not_null: true, ..Refinement::default() };
        let ty = match unknown.ty().kind() {
            TypeKind::Tuple(types) => Type::tuple(types.iter().map(|ty| self.type_of_each(*ty, each)).collect()),
            TypeKind::List(element) | TypeKind::Set(element) => {
                refinement.min_length = unknown.refinement().min_length;
                refinement.max_length = unknown.refinement().max_length;
                Type::list(self.type_of_each(*element, each))
            }
            _ => Type::DYNAMIC,
        };
        Value::Unknown(Arc::new(Unknown::new(ty).refined(refinement)))
    }
}

/// Whether a value is of a type whose elements a splat walks. Does not compute the type of a tuple or object.
fn is_sequence(value: &Value) -> bool {
    let of = |ty: Type| matches!(ty.kind(), TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Tuple(_));
    match value {
        Value::List(_) | Value::Set(_) | Value::Tuple(_) => true,
        Value::Null(ty) => of(*ty),
        Value::Unknown(unknown) => of(unknown.ty()),
        _ => false,
    }
}
