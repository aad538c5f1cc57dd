//! `infra output`: the root module's outputs. One that is asked for by name is printed in clear, sensitive or not.

use clap::Args;

use super::Exit;
use super::Problem;
use super::Result;
use super::options::Json;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::diag::Diagnostic;
use crate::diag::did_you_mean;
use crate::ops;
use crate::report;
use crate::report::Secrets;
use crate::value::Type;
use crate::value::Value;
use crate::value::json;

/// Show the outputs.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  infra output\n  infra output -raw address\n  infra output -json | jq .address.value"
)]
pub(super) struct Options {
    /// Only this output, in clear even if it is sensitive.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print a text, number or truth value as it is, without quotes or a line break.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Output")]
    raw: bool,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    if options.raw && options.json.json {
        return Err(Problem::new("Invalid output format", "The -raw and -json options are mutually-exclusive."));
    }
    let session = session::local(&options.world, place)?;
    let is_clear = options.name.is_some() || options.json.json;
    let snapshot = ops::snapshot(&session, !is_clear)?;
    let outputs = &snapshot.outputs;
    let Some(name) = &options.name else {
        if options.raw {
            return Err(Problem::new("Output name required", "With -raw, give the name of one output."));
        }
        if options.json.json {
            screen.print(&format!("{:#}\n", report::output_json(outputs)));
        } else if outputs.is_empty() {
            none(screen);
        } else {
            screen.write(|to| report::outputs_text(to, outputs))?;
        }
        return Ok(Exit::Done);
    };
    let Some(output) = outputs.get(name.as_str()) else {
        let hint = did_you_mean(name, outputs.keys().map(|known| &**known));
        let detail = format!(
            "The output variable requested could not be found in the state.{hint} If you recently added it to your \
             configuration, be sure to run `infra apply`, since the state won't be updated with new outputs until that \
             command is run."
        );
        return Err(Problem::new(format!("Output \"{name}\" not found"), detail));
    };
    let (value, _) = output.value.clone().unmark_deep();
    if options.raw {
        let text = raw(name, &value)?;
        screen.write(|to| to.write_all(text.as_bytes()))?;
    } else if options.json.json {
        let value = json::to_json(&value, value.ty());
        screen.write(|to| writeln!(to, "{value}"))?;
    } else {
        let text = report::value_text(&value, Secrets::Shown);
        screen.write(|to| writeln!(to, "{text}"))?;
    }
    Ok(Exit::Done)
}

/// A value as its own text.
fn raw(name: &str, value: &Value) -> Result<String> {
    if let Value::Null(_) = value {
        let detail = format!("The value for output value \"{name}\" is null, so -raw mode cannot print it.");
        return Err(Problem::new("Unsupported value for raw output", detail));
    }
    let text = crate::value::convert::convert(value, Type::STRING);
    text.ok().and_then(|text| text.as_str().map(str::to_owned)).ok_or_else(|| {
        let detail = format!(
            "The -raw option only supports strings, numbers, and boolean values, but output value \"{name}\" is none of \
             these.\n\nUse the -json option for machine-readable representations of output values that have complex types."
        );
        Problem::new("Unsupported value for raw output", detail)
    })
}

fn none(screen: &Screen) {
    let detail = "The state has no outputs, or there is no state yet. Define one in the configuration with an `output` \
                  block, and run `infra apply`.";
    screen.diagnostic(&Diagnostic::warning("No outputs found", detail));
}
