//! `templatefile` and `templatestring`. Parsing and evaluating the template is the caller's.

use super::CallCx;
use super::CallError;
use super::Function;
use super::Param;
use super::filesystem::read_text;
use super::string::string;
use crate::syntax::is_identifier;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let vars = || Param::any("vars").marked();
    vec![
        Function::with("templatefile", [Param::string("path"), vars()], Type::DYNAMIC, templatefile),
        Function::with("templatestring", [Param::string("template"), vars()], Type::STRING, templatestring),
    ]
}

fn templatefile(cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    refuse_nesting(cx, "templatefile")?;
    let (name, text) = read_text(cx, string(args, 0))?;
    render(cx, &name, &text, &args[1])
}

fn templatestring(cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    refuse_nesting(cx, "templatestring")?;
    let value = render(cx, "<templatestring argument>", string(args, 0), &args[1])?;
    convert(&value, Type::STRING)
        .map_err(|error| CallError::call(format!("the template's result is not a string: {}", error.message)))
}

fn refuse_nesting(cx: &CallCx<'_>, name: &str) -> Result<(), CallError> {
    if cx.render.depth() == 0 {
        return Ok(());
    }
    Err(CallError::call(format!("cannot recursively call {name} from inside another template function")))
}

fn render(cx: &CallCx<'_>, name: &str, text: &str, vars: &Value) -> Result<Value, CallError> {
    let marks = vars.marks();
    let entries = vars.as_entries().ok_or_else(|| CallError::argument(1, "invalid vars value: must be a map"))?;
    if let Some((name, _)) = entries.iter().find(|(name, _)| !is_identifier(name)) {
        let message = format!(
            "invalid template variable name {}: must start with a letter, followed by zero or more letters, digits, and \
             underscores",
            quoted(name)
        );
        return Err(CallError::argument(1, message));
    }
    let vars: Vec<(Str, Value)> = entries.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(cx.render.template(name, text, &vars, cx.render.depth() + 1)?.with_marks(marks))
}
