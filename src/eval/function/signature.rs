//! What a function takes and gives.

use super::CallCx;
use super::CallError;
use crate::value::Type;
use crate::value::Value;

/// A parameter, and what may be passed for it without the shared rules stepping in.
#[derive(Debug, Clone)]
pub struct Param {
    name: &'static str,
    ty: Type,
    pub(super) nullable: bool,
    pub(super) unknown: bool,
    pub(super) whole: bool,
    pub(super) marked: bool,
    pub(super) dynamic: bool,
}

impl Param {
    pub(super) fn new(name: &'static str, ty: Type) -> Self {
        Self { name, ty, nullable: false, unknown: false, whole: false, marked: false, dynamic: false }
    }

    pub(super) fn any(name: &'static str) -> Self {
        Self::new(name, Type::DYNAMIC)
    }

    pub(super) fn string(name: &'static str) -> Self {
        Self::new(name, Type::STRING)
    }

    pub(super) fn number(name: &'static str) -> Self {
        Self::new(name, Type::NUMBER)
    }

    /// Null may be passed.
    pub(super) fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// The body deals with an unknown.
    pub(super) fn unknown(self) -> Self {
        Self { unknown: true, ..self }
    }

    /// Unless every part of it is known, the result is not.
    pub(super) fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// The body deals with marks.
    pub(super) fn marked(self) -> Self {
        Self { marked: true, ..self }
    }

    /// The body deals with a bare null and with an unknown of unknown type.
    pub(super) fn dynamic(self) -> Self {
        Self { dynamic: true, ..self }
    }

    /// Everything is passed as it is.
    pub(super) fn unchecked(self) -> Self {
        self.nullable().unknown().marked().dynamic()
    }

    /// The parameter's name, as in messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type that an argument is converted to.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Whether null may be passed.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }
}

/// The type of a result that is not known yet.
#[derive(Clone)]
pub(super) enum Returns {
    Type(Type),
    Of(fn(&[Value]) -> Result<Type, CallError>),
}

impl From<Type> for Returns {
    fn from(ty: Type) -> Self {
        Returns::Type(ty)
    }
}

#[derive(Clone)]
pub(super) enum Body {
    Pure(fn(&[Value]) -> Result<Value, CallError>),
    With(fn(&CallCx<'_>, &[Value]) -> Result<Value, CallError>),
}

/// What a function takes and gives.
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    params: Vec<Param>,
    variadic: Option<Param>,
    returns: Returns,
    pub(super) body: Body,
    is_pure: bool,
    is_impure: bool,
    pub(super) may_be_null: bool,
}

impl Function {
    /// A function of its arguments alone.
    pub(super) fn pure(
        name: &'static str,
        params: impl Into<Vec<Param>>,
        returns: impl Into<Returns>,
        body: fn(&[Value]) -> Result<Value, CallError>,
    ) -> Self {
        Self {
            name,
            params: params.into(),
            variadic: None,
            returns: returns.into(),
            body: Body::Pure(body),
            is_pure: true,
            is_impure: false,
            may_be_null: false,
        }
    }

    /// A function that reads files, the plan's time or a template.
    pub(super) fn with(
        name: &'static str,
        params: impl Into<Vec<Param>>,
        returns: impl Into<Returns>,
        body: fn(&CallCx<'_>, &[Value]) -> Result<Value, CallError>,
    ) -> Self {
        let function = Self::pure(name, params, returns, |_| Err(CallError::call("has no body")));
        Self { body: Body::With(body), is_pure: false, ..function }
    }

    /// Takes any number of further arguments.
    pub(super) fn variadic_of(self, param: Param) -> Self {
        Self { variadic: Some(param), ..self }
    }

    /// Gives something else each time.
    pub(super) fn impure(self) -> Self {
        Self { is_pure: false, is_impure: true, ..self }
    }

    /// May give null.
    pub(super) fn may_be_null(self) -> Self {
        Self { may_be_null: true, ..self }
    }

    /// The name, without `core::`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The parameters that each call has an argument for.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// What further arguments are, where there may be any.
    pub fn variadic(&self) -> Option<&Param> {
        self.variadic.as_ref()
    }

    /// The parameter that an argument is for.
    pub fn param(&self, index: usize) -> Option<&Param> {
        self.params.get(index).or(self.variadic.as_ref())
    }

    /// Whether the result depends on the arguments alone, so that a call on constants may be folded.
    pub fn is_pure(&self) -> bool {
        self.is_pure
    }

    /// Whether each call gives something else (`timestamp`, `uuid`, `bcrypt`): while planning, the result is unknown.
    pub fn is_impure(&self) -> bool {
        self.is_impure
    }

    /// The result while it is not known.
    pub fn unknown_result(&self, args: &[Value]) -> Result<Value, CallError> {
        let ty = match self.returns {
            Returns::Type(ty) => ty,
            Returns::Of(of) => of(args)?,
        };
        Ok(if self.may_be_null || ty == Type::DYNAMIC { Value::unknown(ty) } else { Value::unknown_not_null(ty) })
    }
}
