//! Calling a function: the rules that all functions share.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use super::CallError;
use super::Function;
use super::FunctionId;
use super::function;
use super::signature::Body;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;

/// What a call may see of the world.
pub struct CallCx<'a> {
    /// The folder that relative paths start from: the working directory of the run.
    pub base: &'a Path,
    /// The user's home folder, where it is known.
    pub home: Option<&'a Path>,
    /// When the plan was begun.
    pub plan_time: jiff::Timestamp,
    /// Time as it is now; the plan's where nobody gives another.
    pub now: Option<&'a Now>,
    /// Files, read through the caller so that a plan can hold what it saw.
    pub files: &'a dyn Files,
    /// Evaluates templates.
    pub render: &'a dyn Render,
}

/// Gives the time.
pub type Now = dyn Fn() -> jiff::Timestamp + Send + Sync;

/// Files as functions see them. Paths are absolute, or start from the process's own folder.
pub trait Files {
    /// A file's contents.
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>>;

    /// What a path names; `NotFound` where there is nothing.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;

    /// The names in a folder, in any order.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;
}

/// What a path names, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A device, a socket, a pipe.
    Other,
}

/// Parses and evaluates text as a template.
pub trait Render {
    /// The template's value with `vars` as its only variables; `name` is for messages. `depth` counts templates that
    /// render templates, beginning at zero.
    fn template(&self, name: &str, text: &str, vars: &[(Str, Value)], depth: usize) -> Result<Value, CallError>;

    /// How many templates are being rendered around this call.
    fn depth(&self) -> usize {
        0
    }
}

/// Calls a function: checks how many arguments there are, converts them, and lets nulls, unknowns and marks take the
/// way that each parameter says. Marks of the arguments are on the result.
pub fn call(id: FunctionId, cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    let function = function(id);
    if args.len() < function.params().len() {
        return Err(CallError::TooFew { given: args.len() });
    }
    if args.len() > function.params().len() && function.variadic().is_none() {
        return Err(CallError::TooMany);
    }
    let args = converted(function, args)?;
    let mut marks = Marks::NONE;
    let mut plain = Vec::with_capacity(args.len());
    let mut is_untyped = false;
    let mut is_unknown = false;
    for (index, arg) in args.iter().enumerate() {
        let param = function.param(index).expect("there are not too many arguments");
        let arg = if param.marked {
            arg.clone()
        } else {
            let (arg, found) = arg.clone().unmark_deep();
            marks |= found;
            arg
        };
        if arg.is_null() && !param.nullable {
            return Err(CallError::argument(index, "argument must not be null"));
        }
        let is_bare = matches!(arg.unmarked(), Value::Null(_) | Value::Unknown(_)) && arg.ty() == Type::DYNAMIC;
        is_untyped |= is_bare && !param.dynamic;
        is_unknown |= !param.unknown && !arg.is_known() || param.whole && !arg.is_wholly_known();
        plain.push(arg);
    }
    if is_untyped {
        return Ok(Value::unknown(Type::DYNAMIC).with_marks(marks));
    }
    let result = if is_unknown {
        function.unknown_result(&plain)
    } else {
        match function.body {
            Body::Pure(body) => body(&plain),
            Body::With(body) => body(cx, &plain),
        }
    };
    match result {
        Ok(value) => Ok(value.with_marks(marks)),
        Err(error) => {
            let sensitive = |arg: &&Value| arg.marks_deep().contains(Marks::SENSITIVE);
            Err(error.redacted(&args.iter().filter(sensitive).collect::<Vec<_>>()))
        }
    }
}

fn converted(function: &Function, args: &[Value]) -> Result<Vec<Value>, CallError> {
    let mut converted = Vec::with_capacity(args.len());
    let mut errors = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let param = function.param(index).expect("there are not too many arguments");
        match convert(arg, param.ty()) {
            Ok(arg) => converted.push(arg),
            Err(error) => errors.push(CallError::argument(index, error.message)),
        }
    }
    match errors.len() {
        0 => Ok(converted),
        1 => Err(errors.remove(0)),
        _ => Err(CallError::Several(errors)),
    }
}
