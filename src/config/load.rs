//! Reading a module's folder, and the folders of all modules that it calls.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;

use super::Config;
use super::ModuleId;
use super::declaration::Local;
use super::declaration::Module;
use super::declaration::ModuleCall;
use super::declaration::Settings;
use super::decode;
use super::decode::Cx;
use super::draft::Draft;
use super::draft::within;
use super::files::Files;
use super::files::normalize;
use super::passing::check_arguments;
use super::passing::check_providers;
use super::traversal::as_traversal;
use super::validate::validate;
use crate::addr::ModulePath;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::syntax;
use crate::syntax::Block;
use crate::value::Str;

/// Reads the configuration whose root module is in `dir`, with every local module that it calls.
///
/// Everything that is wrong on this level is reported; what is left is as much as could be understood. References are
/// checked only when nothing else is wrong.
pub fn load(dir: &Path, sources: &Sources, files: &dyn Files, diags: &mut Diagnostics) -> Config {
    let errors =
        |diags: &Diagnostics| diags.iter().filter(|known| known.severity == crate::diag::Severity::Error).count();
    let before = errors(diags);
    let config = read_as(dir, sources, files, diags, true);
    if before == errors(diags) {
        validate(&config, sources, diags);
    }
    config
}

/// Reads the configuration and checks neither references nor the arguments of modules: what `init` needs.
pub fn read(dir: &Path, sources: &Sources, files: &dyn Files, diags: &mut Diagnostics) -> Config {
    read_as(dir, sources, files, diags, false)
}

fn read_as(dir: &Path, sources: &Sources, files: &dyn Files, diags: &mut Diagnostics, checks: bool) -> Config {
    let (modules, known, open) = (Vec::new(), HashMap::new(), Vec::new());
    let mut loader = Loader { sources, files, diags, checks, modules, known, open };
    let dir = normalize(dir);
    if let Err(error) = loader.module(&dir, &ModulePath::root()) {
        let detail = format!("The folder \"{}\" cannot be read: {error}.", dir.display());
        loader.diags.push(Diagnostic::error("Failed to read module directory", detail));
        loader.modules.push(Module::default());
    }
    Config { dir, modules: loader.modules }
}

struct Loader<'a> {
    sources: &'a Sources,
    files: &'a dyn Files,
    diags: &'a mut Diagnostics,
    /// Whether arguments of module calls are compared with the modules' variables.
    checks: bool,
    modules: Vec<Module>,
    known: HashMap<PathBuf, ModuleId>,
    /// The folders of the modules that are being read, from the root.
    open: Vec<PathBuf>,
}

impl Loader<'_> {
    /// Reads a folder as a module, unless it has been read before.
    fn module(&mut self, dir: &Path, path: &ModulePath) -> std::io::Result<ModuleId> {
        if let Some(known) = self.known.get(dir) {
            return Ok(*known);
        }
        let set = self.choose(dir)?;
        let id = ModuleId(u32::try_from(self.modules.len()).expect("there are fewer modules than files on any disk"));
        self.modules.push(Module::default());
        self.known.insert(dir.to_path_buf(), id);
        self.open.push(dir.to_path_buf());
        let mut draft = Draft::default();
        let mut read = Vec::new();
        for (name, is_override) in &set.names {
            let Some(source) = self.read(&dir.join(name)) else { continue };
            read.push(source);
            let body = syntax::parse(self.sources, source, self.diags);
            draft.add(&mut self.cx(), body, *is_override);
        }
        let mut module = Module { dir: dir.to_path_buf(), files: read, path: path.clone(), ..Module::default() };
        self.decode(draft, &mut module);
        // Who writes files of our own may have phases, unless the settings say no.
        module.settings.deferral = module.settings.deferral.or((path.is_root() && set.has_native).then_some(true));
        self.modules[id.0 as usize] = module;
        self.open.pop();
        Ok(id)
    }

    fn cx(&mut self) -> Cx<'_> {
        Cx { sources: self.sources, diags: self.diags }
    }

    fn read(&mut self, path: &Path) -> Option<SourceId> {
        let bytes = match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let detail = format!("The configuration file \"{}\" could not be read: {error}.", path.display());
                self.diags.push(Diagnostic::error("Failed to read file", detail));
                return None;
            }
        };
        read_text(path, bytes, self.sources, self.diags)
    }

    /// The configuration files of a folder.
    fn choose(&mut self, dir: &Path) -> std::io::Result<FileSet> {
        let mut set = FileSet::default();
        let mut names = self.files.list(dir)?;
        names.sort();
        let stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".infra.hcl")).collect();
        set.has_native = !stems.is_empty();
        for name in names.iter().filter(|name| !is_ignored(name)) {
            if name.ends_with(".tf.json") {
                let detail = format!(
                    "The file \"{}\" is configuration in JSON, which is not supported yet. Write it as HCL in a \".tf\" \
                     file.",
                    dir.join(name).display()
                );
                self.diags.push(Diagnostic::error("JSON configuration is not supported yet", detail));
                continue;
            }
            let stem = name.strip_suffix(".infra.hcl").or_else(|| name.strip_suffix(".tf"));
            let Some(stem) = stem else { continue };
            if name.ends_with(".tf") && stems.contains(&stem) {
                let detail = format!(
                    "Both \"{stem}.infra.hcl\" and \"{stem}.tf\" exist in the folder \"{}\". The first one is used and the \
                     second one is ignored. Remove one of them.",
                    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }.display()
                );
                self.diags.push(Diagnostic::warning("Configuration file ignored", detail));
                continue;
            }
            let is_override = stem == "override" || stem.ends_with("_override");
            set.names.push((name.clone(), is_override));
        }
        // Overrides change what the others declare, so they come last.
        set.names.sort_by_key(|(_, is_override)| *is_override);
        Ok(set)
    }

    fn decode(&mut self, draft: Draft, module: &mut Module) {
        let cx = &mut self.cx();
        for (product, block) in draft.settings {
            within(cx, block.header, |cx| decode::settings(cx, product, block, &mut module.settings));
        }
        for (product, block) in draft.settings_overrides {
            let mut over = Settings::default();
            within(cx, block.header, |cx| decode::settings(cx, product, block, &mut over));
            override_settings(&mut module.settings, over);
        }
        for block in draft.providers {
            module.providers.push(within(cx, block.header, |cx| decode::provider(cx, block)));
        }
        module.variables = map(cx, draft.variables, decode::variable);
        module.outputs = map(cx, draft.outputs, decode::output);
        module.checks = map(cx, draft.checks, decode::check);
        let locals = draft.locals.into_iter();
        module.locals =
            locals.map(|(name, local)| (name, Local { value: local.value, span: local.name_span })).collect();
        for (key, block) in draft.resources {
            let resource = within(cx, block.header, |cx| decode::resource(cx, key.0, block));
            module.resources.insert(key, resource);
        }
        let list = |blocks: Vec<Block>| blocks.into_iter();
        module.moved = list(draft.moved).filter_map(|b| within(cx, b.header, |cx| decode::moved(cx, b))).collect();
        module.imports = list(draft.imports).filter_map(|b| within(cx, b.header, |cx| decode::import(cx, b))).collect();
        module.removed =
            list(draft.removed).filter_map(|b| within(cx, b.header, |cx| decode::removed(cx, b))).collect();
        unique_imports(cx, module);
        if module.path.is_root() {
            for output in module.outputs.values().filter(|output| output.ephemeral) {
                let detail = "Ephemeral outputs are not allowed in context of a root module.";
                cx.error(output.span, "Ephemeral output not allowed", detail);
            }
        } else {
            only_in_root(cx, module);
        }
        for (name, block) in draft.calls {
            let call = self.call(&name, block, module);
            module.calls.insert(name, call);
        }
    }

    fn call(&mut self, name: &Str, block: Block, parent: &Module) -> ModuleCall {
        let header = block.header;
        let brace = Span { start: block.body.span.start.saturating_sub(1), end: block.body.span.start, ..header };
        let decoded = within(&mut self.cx(), header, |cx| decode::call(cx, block));
        let mut call = decoded.call;
        let Some((path, span)) = decoded.path else { return call };
        let dir = normalize(&parent.dir.join(&*path));
        if self.open.contains(&dir) {
            let detail = format!(
                "The module in \"{path}\" is the one that holds this call, or one that leads to it, so it would contain \
                 itself without end."
            );
            let diagnostic = Diagnostic::error("Module calls itself", detail).at(span);
            within(&mut self.cx(), header, |cx| cx.diags.push(diagnostic));
            return call;
        }
        match self.module(&dir, &parent.path.child(Str::clone(name))) {
            Ok(id) => {
                call.module = Some(id);
                let child = &self.modules[id.0 as usize];
                let cx = &mut Cx { sources: self.sources, diags: self.diags };
                within(cx, header, |cx| {
                    if self.checks {
                        check_arguments(cx, &call, brace, child);
                    }
                    check_providers(cx, name, &call, child, parent);
                });
            }
            Err(error) => {
                let detail =
                    format!("The directory \"{}\" could not be read for module \"{name}\": {error}.", dir.display());
                let diagnostic = Diagnostic::error("Unreadable module directory", detail).at(span);
                within(&mut self.cx(), header, |cx| cx.diags.push(diagnostic));
            }
        }
        call
    }
}

/// A folder's configuration files in the order of reading, with whether each overrides.
#[derive(Default)]
struct FileSet {
    names: Vec<(String, bool)>,
    has_native: bool,
}

/// What editors leave behind.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || name.starts_with('#') && name.ends_with('#')
}

fn map<T>(cx: &mut Cx<'_>, blocks: BTreeMap<Str, Block>, decode: fn(&mut Cx<'_>, Block) -> T) -> BTreeMap<Str, T> {
    let decoded = blocks.into_iter();
    decoded.map(|(name, block)| (name, within(cx, block.header, |cx| decode(cx, block)))).collect()
}

fn override_settings(base: &mut Settings, over: Settings) {
    if !over.required_version.is_empty() {
        base.required_version = over.required_version;
    }
    base.required_providers.extend(over.required_providers);
    base.provider_requirements.extend(over.provider_requirements);
    base.backend = over.backend.or(base.backend.take());
    base.deferral = over.deferral.or(base.deferral);
}

/// A resource can be imported to once; where an index hangs on `for_each`, this shows only when it is evaluated.
fn unique_imports(cx: &mut Cx<'_>, module: &Module) {
    let mut known: HashMap<String, Span> = HashMap::new();
    for import in &module.imports {
        if as_traversal(&import.to).is_none() {
            continue;
        }
        let address = cx.sources.get(import.to.span.source).slice(import.to.span).to_owned();
        if let Some(first) = known.get(&address) {
            let detail = format!(
                "An import block for the resource \"{address}\" was already declared at {}. A resource can have only one \
                 import block.",
                cx.sources.place(*first)
            );
            let diagnostic = Diagnostic::error(format!("Duplicate import configuration for \"{address}\""), detail);
            cx.diags.push(diagnostic.at(import.to.span).label(*first, "the first one"));
            continue;
        }
        known.insert(address, import.span);
    }
}

fn only_in_root(cx: &mut Cx<'_>, module: &Module) {
    for import in &module.imports {
        let detail = format!(
            "An import block was detected in \"{}\". Import blocks are only allowed in the root module.",
            module.path
        );
        cx.error(import.span, "Invalid import configuration", detail);
    }
    if let Some((_, _, span)) = &module.settings.backend {
        let detail = "Any selected backend applies to the entire configuration, so Terraform expects provider \
                      configurations only in the root module.\n\nThis is a warning rather than an error because it's \
                      sometimes convenient to temporarily call a root module as a child module for testing purposes, but \
                      this backend configuration block will have no effect.";
        cx.diags.push(Diagnostic::warning("Backend configuration ignored", detail).at(*span));
    }
}

/// Takes in a file's bytes as text, if they are text.
pub(super) fn read_text(path: &Path, bytes: Vec<u8>, sources: &Sources, diags: &mut Diagnostics) -> Option<SourceId> {
    if u32::try_from(bytes.len()).is_err() {
        let detail = format!("The file \"{}\" is larger than 4 GiB.", path.display());
        diags.push(Diagnostic::error("Failed to read file", detail));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let source = sources.add(path, String::from_utf8_lossy(error.as_bytes()).into_owned());
            let detail =
                "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.";
            let span = Span::new(source, at, at + 1);
            diags.push(Diagnostic::error("Invalid character encoding", detail).at(span));
            None
        }
    }
}
