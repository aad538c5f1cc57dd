//! Stand-in for the functions, until they are merged.
#![allow(missing_docs)]
use crate::value::{Str, Type, Value};
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionId(pub u16);
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    pub is_pure: bool,
}
#[derive(Debug)]
pub enum CallError {
    Argument { index: usize, message: String },
    Call { message: String },
}
pub trait Files {}
pub trait Render {
    fn render(&self, text: &str, name: &str, vars: &Value, cx: &CallCx<'_>) -> Result<Value, String>;
}
pub struct CallCx<'a> {
    pub base: &'a Path,
    pub home: Option<&'a Path>,
    pub plan_time: Str,
    pub files: &'a dyn Files,
    pub render: &'a dyn Render,
}
static F: [Function; 1] = [Function { name: "upper", is_pure: true }];
pub fn lookup(name: &str) -> Option<FunctionId> {
    (name == "upper").then_some(FunctionId(0))
}
pub fn function(id: FunctionId) -> &'static Function {
    &F[id.0 as usize]
}
pub fn names() -> impl Iterator<Item = &'static str> {
    F.iter().map(|f| f.name)
}
pub fn call(_id: FunctionId, _cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    let _ = Type::STRING;
    match args {
        [v] => Ok(Value::from(v.as_str().unwrap_or("").to_uppercase())),
        _ => Err(CallError::Call { message: "bad".into() }),
    }
}
