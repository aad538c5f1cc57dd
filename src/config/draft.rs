//! The blocks of a module by kind and name, before they are decoded.
//!
//! Override files change arguments of blocks that other files declare. That happens here, on the syntax, so that
//! decoding sees each block once and whole.

use std::collections::BTreeMap;

use super::decode::Cx;
use super::decode::Product;
use super::decode::check_labels;
use super::decode::unsupported_argument;
use super::decode::unsupported_block;
use super::overlay::merge_body;
use crate::addr::Mode;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::syntax::Attribute;
use crate::syntax::Block;
use crate::syntax::Body;
use crate::syntax::ExprKind;
use crate::value::Str;

/// All blocks of a module.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) settings: Vec<(Product, Block)>,
    pub(super) settings_overrides: Vec<(Product, Block)>,
    pub(super) providers: Vec<Block>,
    pub(super) variables: BTreeMap<Str, Block>,
    pub(super) locals: BTreeMap<Str, Attribute>,
    pub(super) outputs: BTreeMap<Str, Block>,
    pub(super) resources: BTreeMap<(Mode, Str, Str), Block>,
    pub(super) calls: BTreeMap<Str, Block>,
    pub(super) moved: Vec<Block>,
    pub(super) imports: Vec<Block>,
    pub(super) removed: Vec<Block>,
    pub(super) checks: BTreeMap<Str, Block>,
}

/// The blocks that a file may have.
const TOP_LEVEL: [&str; 13] = [
    "terraform",
    "infra",
    "provider",
    "variable",
    "locals",
    "output",
    "module",
    "resource",
    "data",
    "moved",
    "import",
    "removed",
    "check",
];

impl Draft {
    /// Adds the blocks of a file.
    pub(super) fn add(&mut self, cx: &mut Cx<'_>, file: Body, is_override: bool) {
        for attribute in &file.attributes {
            unsupported_argument(cx, attribute, [], &TOP_LEVEL);
        }
        for block in file.blocks {
            let title = block.header;
            within(cx, title, |cx| self.add_block(cx, block, is_override));
        }
    }

    fn add_block(&mut self, cx: &mut Cx<'_>, block: Block, is_override: bool) {
        let labels: &[&str] = match &*block.kind {
            "provider" | "variable" | "output" | "module" | "check" => &["name"],
            "resource" | "data" => &["type", "name"],
            _ => &[],
        };
        let is_known = TOP_LEVEL.contains(&&*block.kind);
        if is_known && !check_labels(cx, &block, labels) {
            return;
        }
        let name = |at: usize| block.labels.get(at).map_or_else(|| Str::from(""), |label| label.text.clone());
        match &*block.kind {
            "terraform" => self.add_settings(Product::Terraform, block, is_override),
            "infra" => self.add_settings(Product::Infra, block, is_override),
            "provider" => self.add_provider(cx, block, is_override),
            "variable" => add_named(cx, &mut self.variables, name(0), block, is_override, &VARIABLE),
            "output" => add_named(cx, &mut self.outputs, name(0), block, is_override, &OUTPUT),
            "module" => add_named(cx, &mut self.calls, name(0), block, is_override, &CALL),
            "locals" => self.add_locals(cx, block, is_override),
            "resource" => self.add_resource(cx, Mode::Managed, [name(0), name(1)], block, is_override),
            "data" => self.add_resource(cx, Mode::Data, [name(0), name(1)], block, is_override),
            "moved" if is_override => {
                let detail = "Records of moved objects can appear only in normal files, not in override files.";
                cx.error(block.header, "Cannot override 'moved' blocks", detail);
            }
            "import" if is_override => {
                let detail = "Import blocks can appear only in normal files, not in override files.";
                cx.error(block.header, "Cannot override 'import' blocks", detail);
            }
            "check" if is_override => {
                cx.error(block.header, "Can't override check blocks", "Override files cannot override check blocks.");
            }
            "moved" => self.moved.push(block),
            "import" => self.imports.push(block),
            "removed" => self.removed.push(block),
            "check" => self.add_check(cx, name(0), block),
            "ephemeral" => {
                let detail = "Ephemeral resources are not supported. Use a data source, or a variable with \"ephemeral = \
                              true\".";
                cx.error(block.header, "Unsupported block type", detail);
            }
            _ => unsupported_block(cx, &block, TOP_LEVEL, []),
        }
    }

    fn add_settings(&mut self, product: Product, block: Block, is_override: bool) {
        let list = if is_override { &mut self.settings_overrides } else { &mut self.settings };
        list.push((product, block));
    }

    fn add_provider(&mut self, cx: &mut Cx<'_>, block: Block, is_override: bool) {
        let (name, alias) = (block.labels[0].text.clone(), alias_of(&block));
        let is_same = |known: &&mut Block| known.labels[0].text == name && alias_of(known) == alias;
        match (self.providers.iter_mut().find(is_same), &alias) {
            (Some(base), _) if is_override => merge_body(&mut base.body, block.body),
            (None, Some(alias)) if is_override => {
                let detail = format!(
                    "There is no {name} provider configuration with the alias \"{alias}\". An override file can only \
                     override an aliased provider configuration that was already defined in a primary configuration file."
                );
                cx.error(block.header, "Missing base provider configuration for override", detail);
            }
            (Some(base), alias) => {
                let (first, place) = (base.header, cx.sources.place(base.header));
                let detail = match alias {
                    Some(alias) => format!(
                        "A provider configuration for \"{name}\" with alias \"{alias}\" was already given at {place}. Each \
                         configuration for the same provider must have a distinct alias."
                    ),
                    None => format!(
                        "A default (non-aliased) provider configuration for \"{name}\" was already given at {place}. If \
                         multiple configurations are required, set the \"alias\" argument for alternative configurations."
                    ),
                };
                duplicate(cx, "Duplicate provider configuration", detail, block.header, first);
            }
            (None, _) => self.providers.push(block),
        }
    }

    fn add_locals(&mut self, cx: &mut Cx<'_>, block: Block, is_override: bool) {
        for nested in &block.body.blocks {
            let summary = format!("Unexpected \"{}\" block", nested.kind);
            cx.diags.push(Diagnostic::error(summary, "Blocks are not allowed here.").at(nested.kind_span));
        }
        for attribute in block.body.attributes {
            let name = attribute.name.clone();
            let span = attribute.name_span.to(attribute.value.span);
            match self.locals.get_mut(&name) {
                Some(base) if is_override => *base = attribute,
                None if is_override => {
                    let detail = format!(
                        "There is no local value named \"{name}\". An override file can only override a local value that \
                         was already defined in a primary configuration file."
                    );
                    cx.error(span, "Missing base local value definition to override", detail);
                }
                Some(base) => {
                    let first = base.name_span.to(base.value.span);
                    let detail = format!(
                        "A local value named \"{name}\" was already defined at {}. Local value names must be unique \
                         within a module.",
                        cx.sources.place(first)
                    );
                    duplicate(cx, "Duplicate local value definition", detail, span, first);
                }
                None => {
                    self.locals.insert(name, attribute);
                }
            }
        }
    }

    fn add_resource(&mut self, cx: &mut Cx<'_>, mode: Mode, [ty, name]: [Str; 2], block: Block, is_override: bool) {
        let kind = if mode == Mode::Data { "data resource" } else { "resource" };
        let key = (mode, ty.clone(), name.clone());
        match self.resources.get_mut(&key) {
            Some(base) if is_override => {
                refuse_depends_on(cx, &block);
                merge_body(&mut base.body, block.body);
            }
            None if is_override => {
                let (summary, keyword) = match mode {
                    Mode::Managed => ("Missing resource to override", "resource"),
                    Mode::Data => ("Missing data resource to override", "data"),
                };
                let detail = format!(
                    "There is no {ty} {kind} named \"{name}\". An override file can only override a {keyword} block \
                     defined in a primary configuration file."
                );
                cx.error(block.header, summary, detail);
            }
            Some(base) => {
                let first = base.header;
                let keyword = if mode == Mode::Data { "data" } else { "resource" };
                let detail = format!(
                    "A {ty} {kind} named \"{name}\" was already declared at {}. Resource names must be unique per type in \
                     each module.",
                    cx.sources.place(first)
                );
                duplicate(cx, format!("Duplicate {keyword} \"{ty}\" configuration"), detail, block.header, first);
            }
            None => {
                self.resources.insert(key, block);
            }
        }
    }

    fn add_check(&mut self, cx: &mut Cx<'_>, name: Str, block: Block) {
        if let Some(base) = self.checks.get(&name) {
            let detail = format!(
                "A check block named \"{name}\" was already declared at {}. Check blocks must be unique within each \
                 module.",
                cx.sources.place(base.header)
            );
            let first = base.header;
            duplicate(cx, format!("Duplicate check \"{name}\" configuration"), detail, block.header, first);
            return;
        }
        self.checks.insert(name, block);
    }
}

/// The messages of a kind of block that has one name.
struct Named {
    /// With its article: `A variable`.
    article: &'static str,
    noun: &'static str,
    verb: &'static str,
    duplicate: &'static str,
    rule: &'static str,
    missing: &'static str,
}

const VARIABLE: Named = Named {
    article: "A",
    noun: "variable",
    verb: "declared",
    duplicate: "Duplicate variable declaration",
    rule: "Variable names must be unique within a module.",
    missing: "Missing base variable declaration to override",
};

const OUTPUT: Named = Named {
    article: "An",
    noun: "output",
    verb: "defined",
    duplicate: "Duplicate output definition",
    rule: "Output names must be unique within a module.",
    missing: "Missing base output definition to override",
};

const CALL: Named = Named {
    article: "A",
    noun: "module call",
    verb: "defined",
    duplicate: "Duplicate module call",
    rule: "Module calls must have unique names within a module.",
    missing: "Missing module call to override",
};

fn add_named(
    cx: &mut Cx<'_>,
    known: &mut BTreeMap<Str, Block>,
    name: Str,
    block: Block,
    is_override: bool,
    words: &Named,
) {
    let Named { article, noun, verb, rule, .. } = words;
    match known.get_mut(&name) {
        Some(base) if is_override => {
            refuse_depends_on(cx, &block);
            merge_body(&mut base.body, block.body);
        }
        None if is_override => {
            let article = article.to_lowercase();
            let detail = format!(
                "There is no {noun} named \"{name}\". An override file can only override {article} {noun} that was already \
                 {verb} in a primary configuration file."
            );
            cx.error(block.header, words.missing, detail);
        }
        Some(base) => {
            let (first, place) = (base.header, cx.sources.place(base.header));
            let detail = format!("{article} {noun} named \"{name}\" was already {verb} at {place}. {rule}");
            duplicate(cx, words.duplicate, detail, block.header, first);
        }
        None => {
            known.insert(name, block);
        }
    }
}

fn duplicate(
    cx: &mut Cx<'_>,
    summary: impl Into<std::borrow::Cow<'static, str>>,
    detail: String,
    second: Span,
    first: Span,
) {
    cx.diags.push(Diagnostic::error(summary, detail).at(second).label(first, "the first one"));
}

fn refuse_depends_on(cx: &mut Cx<'_>, block: &Block) {
    if let Some(attribute) = block.body.attribute("depends_on") {
        let at = attribute.name_span.to(attribute.value.span);
        // Terraform ignores an empty list here.
        if matches!(&attribute.value.kind, ExprKind::Tuple(items) if items.is_empty()) {
            return;
        }
        cx.error(at, "Unsupported override", "The depends_on argument may not be overridden.");
    }
}

fn alias_of(block: &Block) -> Option<Str> {
    match &block.body.attribute("alias")?.value.kind {
        ExprKind::String(alias) => Some(Str::clone(alias)),
        _ => None,
    }
}

/// Names the block in diagnostics that `work` adds, as it is written.
pub(super) fn within<T>(cx: &mut Cx<'_>, header: Span, work: impl FnOnce(&mut Cx<'_>) -> T) -> T {
    let before = cx.diags.len();
    let result = work(cx);
    if cx.diags.len() > before {
        let title = cx.sources.get(header.source).slice(header).to_owned();
        for diagnostic in cx.diags.iter_mut().skip(before) {
            diagnostic.context.get_or_insert_with(|| title.clone());
        }
    }
    result
}
