//! Templates that functions load: `templatefile` and `templatestring` call back here.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::Arena;
use super::Evaluator;
use super::ExprId;
use super::NoScope;
use super::function::CallCx;
use super::function::CallError;
use super::function::FileKind;
use super::function::Files;
use super::function::Now;
use super::function::Render;
use super::lower::lower_template;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::syntax::parse_template;
use crate::value::Str;
use crate::value::Value;

/// Renders templates, which see their variables and functions. One template rendered many times is read and lowered once.
pub struct Templates<'a> {
    base: &'a Path,
    home: Option<&'a Path>,
    plan_time: jiff::Timestamp,
    now: Option<&'a Now>,
    files: &'a dyn Files,
    is_applying: bool,
    sources: Sources,
    lowered: Mutex<FxHashMap<Key, Result<Arc<Template>, CallError>>>,
}

/// A template's name, its text, and the names of its variables.
type Key = (Str, Str, Vec<Str>);

struct Template {
    arena: Arena,
    root: ExprId,
}

impl<'a> Templates<'a> {
    /// Templates whose functions see the world as those around them do.
    pub fn new(
        base: &'a Path,
        home: Option<&'a Path>,
        plan_time: jiff::Timestamp,
        files: &'a dyn Files,
    ) -> Templates<'a> {
        let sources = Sources::new();
        Self { base, home, plan_time, now: None, files, is_applying: false, sources, lowered: Mutex::default() }
    }

    /// The same with a clock.
    pub fn at(self, now: &'a Now) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same in an apply.
    pub fn applying(self) -> Self {
        Self { is_applying: true, ..self }
    }

    /// The context for functions that render templates here.
    pub fn cx(&'a self) -> CallCx<'a> {
        let Self { base, home, plan_time, now, files, .. } = *self;
        CallCx { base, home, plan_time, now, files, render: self }
    }

    fn lower(&self, name: &str, text: &str, variables: &[Str]) -> Result<Arc<Template>, CallError> {
        let mut diags = Diagnostics::new();
        let source = self.sources.add(name, text);
        let Some(expr) = parse_template(&self.sources, source, &mut diags) else { return Err(self.failed(&diags)) };
        let (arena, root, missing) = lower_template(&expr, variables.iter().cloned(), &mut diags);
        if let Some(missing) = missing.first() {
            let place = self.sources.place(missing.span);
            let message = format!("vars map does not contain key {:?}, referenced at {place}", missing.name);
            return Err(CallError::Argument { index: 1, message });
        }
        if diags.has_errors() { Err(self.failed(&diags)) } else { Ok(Arc::new(Template { arena, root })) }
    }

    /// The first of the problems, on one line.
    fn failed(&self, diags: &Diagnostics) -> CallError {
        let message = match diags.iter().next() {
            Some(problem) => {
                let place = problem.span().map(|span| format!("{}: ", self.sources.place(span))).unwrap_or_default();
                let more = match diags.len() {
                    1 => String::new(),
                    count => format!(", and {} other diagnostic(s)", count - 1),
                };
                // The call's own sentence ends it.
                format!("{place}{}; {}{more}", problem.summary, problem.detail.trim_end_matches('.'))
            }
            None => "the template cannot be read".to_owned(),
        };
        CallError::Call { message }
    }
}

impl Render for Templates<'_> {
    fn template(&self, name: &str, text: &str, vars: &[(Str, Value)], depth: usize) -> Result<Value, CallError> {
        let (names, values): (Vec<Str>, Vec<Value>) = vars.iter().cloned().unzip();
        let key = (Str::from(name), Str::from(text), names);
        let known = self.lowered.lock().expect("no holder panics").get(&key).cloned();
        let template = known.unwrap_or_else(|| {
            let lowered = self.lower(name, text, &key.2);
            self.lowered.lock().expect("no holder panics").insert(key, lowered.clone());
            lowered
        })?;
        let within = Within { templates: self, depth };
        let cx = CallCx { render: &within, ..self.cx() };
        let mut diags = Diagnostics::new();
        let scope = NoScope { is_applying: self.is_applying };
        let evaluator = Evaluator::new(&template.arena, &scope, &cx, &mut diags).with_sources(&self.sources);
        let value = evaluator.with_slots(values).expr(template.root);
        if diags.has_errors() { Err(self.failed(&diags)) } else { Ok(value) }
    }
}

/// Templates inside a template.
struct Within<'a> {
    templates: &'a Templates<'a>,
    depth: usize,
}

impl Render for Within<'_> {
    fn template(&self, name: &str, text: &str, vars: &[(Str, Value)], depth: usize) -> Result<Value, CallError> {
        self.templates.template(name, text, vars, depth)
    }

    fn depth(&self) -> usize {
        self.depth
    }
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &Path) -> io::Result<Arc<[u8]>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn kind(&self, _: &Path) -> io::Result<FileKind> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}

/// A context for functions that look at nothing but their arguments.
pub(crate) fn with_pure_cx<T>(run: impl FnOnce(&CallCx<'_>) -> T) -> T {
    let templates = Templates::new(Path::new("."), None, jiff::Timestamp::UNIX_EPOCH, &NoFiles);
    let cx = templates.cx();
    run(&cx)
}
