//! Values for the root module's variables: from the environment, from files, from the command line.
//!
//! Takes what the caller found there and gives one value, unevaluated, for each variable that has any: the one that wins
//! by Terraform's order. Nothing here reads the environment or evaluates.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use super::declaration::Module;
use super::declaration::Variable;
use super::decode::check_constant;
use super::files::Files;
use super::json;
use super::load::read_text;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::diag::did_you_mean;
use crate::syntax;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::value::Str;

/// Something the caller was given to set variables. Later ones win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The variable of this name and text was in the environment, as `TF_VAR_name`.
    Env {
        /// Without the prefix.
        name: String,
        /// As it is.
        value: String,
    },
    /// `-var-file`
    File(PathBuf),
    /// `-var`, as `name=value`.
    Flag(String),
}

/// A value that was given to a variable.
#[derive(Debug)]
pub struct VariableInput {
    /// The value, not yet converted to the variable's type.
    pub value: InputValue,
    /// Where it is written.
    pub span: Span,
    /// Where it came from.
    pub from: InputOrigin,
}

/// A value as it was given.
#[derive(Debug)]
pub enum InputValue {
    /// An expression without names or calls.
    Expr(Expr),
    /// Text that stands for itself, for a variable of a primitive type or none.
    Text(Str),
}

/// Where a variable's value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputOrigin {
    /// The environment.
    Env,
    /// A file that is always read: `terraform.tfvars`, `*.auto.tfvars`.
    AutoFile(PathBuf),
    /// A file that was named.
    NamedFile(PathBuf),
    /// `-var`.
    CommandLine,
}

/// The values given to variables, by name.
pub type VariableInputs = BTreeMap<Str, VariableInput>;

/// Gathers what is given to the root module's variables: the environment's inputs, then the files that lie beside the
/// configuration, then the others in their order. Reports what cannot be read and what no variable takes.
pub fn gather_variables(
    root: &Module,
    inputs: &[Input],
    sources: &Sources,
    files: &dyn Files,
    diags: &mut Diagnostics,
) -> VariableInputs {
    let mut gatherer = Gatherer { root, sources, files, diags, given: BTreeMap::new() };
    for input in inputs {
        if let Input::Env { name, value } = input {
            gatherer.text(name, value, InputOrigin::Env);
        }
    }
    for path in auto_files(&root.dir, files) {
        gatherer.file(&path, InputOrigin::AutoFile(path.clone()));
    }
    for input in inputs {
        match input {
            Input::Env { .. } => {}
            Input::File(path) => gatherer.file(path, InputOrigin::NamedFile(path.clone())),
            Input::Flag(text) => gatherer.flag(text),
        }
    }
    gatherer.finish()
}

/// Reports the variables that have neither a value nor a default.
pub fn require_variables(root: &Module, inputs: &VariableInputs, diags: &mut Diagnostics) {
    for (name, variable) in missing_variables(root, inputs) {
        let detail = format!(
            "The root module input variable \"{name}\" is not set, and has no default value. Use a -var or -var-file \
             command line argument to provide a value for this variable."
        );
        diags.push(Diagnostic::error("No value for required variable", detail).at(variable.span));
    }
}

/// The variables that have neither a value nor a default: those to ask for on a terminal.
pub fn missing_variables<'a>(
    root: &'a Module,
    inputs: &'a VariableInputs,
) -> impl Iterator<Item = (&'a Str, &'a Variable)> {
    root.variables.iter().filter(|(name, variable)| !variable.has_default && !inputs.contains_key(*name))
}

/// The files that are read unasked, in their order.
fn auto_files(dir: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let mut names = files.list(dir).unwrap_or_default();
    names.sort();
    let is_auto = |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let fixed =
        ["terraform.tfvars", "terraform.tfvars.json"].into_iter().filter(|known| names.iter().any(|n| n == known));
    fixed.chain(names.iter().filter(is_auto).map(String::as_str)).map(|name| dir.join(name)).collect()
}

fn is_secret(variable: &Variable) -> bool {
    variable.sensitive || variable.ephemeral
}

/// A secret that is no expression. What is wrong with it would tell of it.
fn unreadable(name: &str, declared: Span) -> Diagnostic {
    let detail = format!(
        "The value given for var.{name} cannot be read as an expression. The variable is sensitive, so nothing of the \
         value is shown."
    );
    Diagnostic::error("Invalid value for input variable", detail).at(declared)
}

/// A value before it is known whether, and how, a variable takes it.
enum Given {
    Expr(Expr),
    /// A text in a source of its own.
    Text(SourceId),
}

struct Gatherer<'a> {
    root: &'a Module,
    sources: &'a Sources,
    files: &'a dyn Files,
    diags: &'a mut Diagnostics,
    given: BTreeMap<Str, (Given, Span, InputOrigin)>,
}

impl Gatherer<'_> {
    fn text(&mut self, name: &str, value: &str, from: InputOrigin) {
        let id = self.sources.add(format!("<value for var.{name}>"), value);
        let span = Span::new(id, 0, value.len());
        self.hide_secret(name, span);
        self.given.insert(name.into(), (Given::Text(id), span, from));
    }

    /// Whether a variable's values must not be shown.
    fn is_secret(&self, name: &str) -> bool {
        self.root.variables.get(name).is_some_and(is_secret)
    }

    fn hide_secret(&self, name: &str, span: Span) {
        if self.is_secret(name) {
            self.sources.hide(span);
        }
    }

    /// Where a file cannot be read as it should, it is not sure where its secrets begin and end: none of it is shown.
    fn hide_broken(&self, id: SourceId, before: usize) {
        let is_broken = self.diags.iter().skip(before).any(|diagnostic| diagnostic.severity == Severity::Error);
        if is_broken && self.root.variables.values().any(is_secret) {
            self.sources.hide(Span::new(id, 0, self.sources.get(id).text().len()));
        }
    }

    fn flag(&mut self, text: &str) {
        const SUMMARY: &str = "Invalid -var option";
        let Some((name, value)) = text.split_once('=') else {
            // What was given may be a secret whose name was forgotten.
            let detail = "A -var option is not correctly specified. Must be a variable name and value separated by an \
                          equals sign, like -var=\"key=value\".";
            self.diags.push(Diagnostic::error(SUMMARY, detail));
            return;
        };
        if name.trim_end() != name {
            let detail = format!(
                "Variable name \"{name}\" is invalid due to trailing space. Did you mean -var=\"{}=...\"?",
                name.trim_end()
            );
            self.diags.push(Diagnostic::error(SUMMARY, detail));
            return;
        }
        self.text(name, value, InputOrigin::CommandLine);
    }

    fn file(&mut self, path: &Path, from: InputOrigin) {
        const SUMMARY: &str = "Failed to read variables file";
        let name = path.display();
        let bytes = match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let detail = if error.kind() == std::io::ErrorKind::NotFound {
                    format!("Given variables file {name} does not exist.")
                } else {
                    format!("Error while reading {name}: {error}.")
                };
                self.diags.push(Diagnostic::error(SUMMARY, detail));
                return;
            }
        };
        let Some(id) = read_text(path, bytes, self.sources, self.diags) else { return };
        let before = self.diags.len();
        if path.extension().is_some_and(|extension| extension == "json") {
            let read = json::read_object(self.sources, id, self.diags).unwrap_or_default();
            self.hide_broken(id, before);
            for (name, span, value) in read {
                self.hide_secret(&name, span.to(value.span));
                self.given.insert(name, (Given::Expr(value), span, from.clone()));
            }
            return;
        }
        let body = syntax::parse(self.sources, id, self.diags);
        self.hide_broken(id, before);
        for block in &body.blocks {
            self.refuse_block(block, path);
        }
        for attribute in body.attributes {
            let span = attribute.name_span.to(attribute.value.span);
            self.hide_secret(&attribute.name, span);
            self.given.insert(attribute.name, (Given::Expr(attribute.value), span, from.clone()));
        }
    }

    fn refuse_block(&mut self, block: &Block, path: &Path) {
        let diagnostic = match (&*block.kind, block.labels.first()) {
            ("variable", Some(label)) => {
                let (name, file) = (&label.text, path.display());
                let detail = format!(
                    "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not \
                     to declare new variables. To declare variable \"{name}\", place this block in one of your .tf files, \
                     such as variables.tf.\n\nTo set a value for this variable in {file}, use the definition syntax \
                     instead:\n    {name} = <value>"
                );
                Diagnostic::error("Variable declaration in .tfvars file", detail).at(block.header)
            }
            (kind, _) => {
                let summary = format!("Unexpected \"{kind}\" block");
                Diagnostic::error(summary, "Blocks are not allowed here.").at(block.kind_span)
            }
        };
        self.diags.push(diagnostic);
    }

    fn finish(mut self) -> VariableInputs {
        let root = self.root;
        let mut inputs = VariableInputs::new();
        let mut undeclared = Vec::new();
        for (name, (given, span, from)) in std::mem::take(&mut self.given) {
            match root.variables.get(&name) {
                None => undeclared.push((name, span, from)),
                Some(variable) => {
                    if let Some(value) = self.value(&name, given, variable) {
                        inputs.insert(name, VariableInput { value, span, from });
                    }
                }
            }
        }
        self.report_undeclared(root, undeclared);
        inputs
    }

    /// Text stands for itself where the variable is of a primitive type or of none, and is an expression elsewhere.
    fn value(&mut self, name: &str, given: Given, variable: &Variable) -> Option<InputValue> {
        let expr = match given {
            Given::Expr(expr) => expr,
            Given::Text(id) => {
                let is_plain = !variable.typed || variable.ty.is_primitive();
                if is_plain {
                    return Some(InputValue::Text(syntax::normalized(self.sources.get(id).text())));
                }
                let mut found = Diagnostics::new();
                let expr = syntax::parse_expression(self.sources, id, &mut found);
                if is_secret(variable) && found.has_errors() {
                    self.diags.push(unreadable(name, variable.span));
                } else {
                    self.diags.extend(found);
                }
                expr?
            }
        };
        if matches!(expr.kind, syntax::ExprKind::Error) {
            return None;
        }
        check_constant(&expr, self.diags).then_some(InputValue::Expr(expr))
    }

    /// A mistyped option is an error. A file may serve several configurations, so what is too much in it is only worth a
    /// warning, and the environment is not ours at all.
    fn report_undeclared(&mut self, root: &Module, undeclared: Vec<(Str, Span, InputOrigin)>) {
        const SHOWN: usize = 2;
        let mut in_files = 0;
        for (name, span, from) in undeclared {
            let hint = did_you_mean(&name, root.variables.keys().map(|known| &**known));
            match from {
                InputOrigin::Env => {}
                InputOrigin::CommandLine => {
                    let detail = format!(
                        "A variable named \"{name}\" was assigned on the command line, but the root module does not declare \
                         a variable of that name. To use this value, add a \"variable\" block to the configuration.{hint}"
                    );
                    self.diags.push(Diagnostic::error("Value for undeclared variable", detail));
                }
                InputOrigin::AutoFile(path) | InputOrigin::NamedFile(path) => {
                    in_files += 1;
                    if in_files <= SHOWN {
                        let file = path.display();
                        let detail = format!(
                            "The root module does not declare a variable named \"{name}\" but a value was found in file \
                             \"{file}\". If you meant to use this value, add a \"variable\" block to the \
                             configuration.{hint}\n\nTo silence these warnings, use TF_VAR_... environment variables to \
                             provide certain \"global\" settings to all configurations in your organization. To reduce the \
                             verbosity of these warnings, use the -compact-warnings option."
                        );
                        self.diags.push(Diagnostic::warning("Value for undeclared variable", detail).at(span));
                    }
                }
            }
        }
        if in_files > SHOWN {
            let detail = format!(
                "In addition to the other similar warnings shown, {} other variable(s) defined without being declared.",
                in_files - SHOWN
            );
            self.diags.push(Diagnostic::warning("Values for undeclared variables", detail));
        }
    }
}
