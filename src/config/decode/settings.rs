//! `terraform { … }` and `infra { … }`.

use super::content::Content;
use super::content::Cx;
use super::content::check_labels;
use super::content::take;
use super::content::take_blocks;
use super::resource::provider_ref;
use super::version::Constraint;
use super::version::Version;
use crate::config::declaration::ProviderRequirement;
use crate::config::declaration::Settings;
use crate::diag::Diagnostic;
use crate::diag::Span;
use crate::syntax::Attribute;
use crate::syntax::Block;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::is_identifier;
use crate::value::Str;

/// The version of Terraform whose language and formats these are.
pub const TERRAFORM: &str = "1.11.4";

/// Which program's settings a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::config) enum Product {
    /// `terraform { … }`: versions are those of the Terraform whose language this is.
    Terraform,
    /// `infra { … }`
    Infra,
}

impl Product {
    fn version(self) -> &'static str {
        match self {
            Product::Terraform => TERRAFORM,
            Product::Infra => env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Adds a settings block to the module's settings.
pub(in crate::config) fn settings(cx: &mut Cx<'_>, product: Product, mut block: Block, settings: &mut Settings) {
    check_labels(cx, &block, &[]);
    let terraform = ["required_version", "experiments", "language"];
    let infra = ["required_version", "experiments", "language", "deferral"];
    cx.check(
        &block.body,
        &Content {
            optional: if product == Product::Infra { &infra } else { &terraform },
            blocks: &["backend", "cloud", "required_providers", "provider_meta"],
            ..Content::default()
        },
    );
    let body = &mut block.body;
    if let Some(required) = take(body, "required_version") {
        required_version(cx, product, &required, settings);
    }
    if let Some(experiments) = take(body, "experiments") {
        let detail = "Experimental features are intended only for gathering early feedback on new language designs, and so \
                      are available only in alpha releases of Terraform.";
        cx.error(experiments.name_span, "Module uses experimental features", detail);
    }
    if let Some(deferral) = take(body, "deferral") {
        settings.deferral = cx.bool(&deferral.value).or(settings.deferral);
    }
    for nested in take_blocks(body, "required_providers") {
        required_providers(cx, nested, settings);
    }
    for nested in take_blocks(body, "cloud") {
        let detail = "HCP Terraform is a service of its own and cannot keep this configuration's state. Use a \"backend\" \
                      block, or none to keep the state beside the configuration.";
        cx.error(nested.header, "Unsupported cloud configuration", detail);
    }
    for nested in take_blocks(body, "backend") {
        backend(cx, nested, settings);
    }
}

fn required_version(cx: &mut Cx<'_>, product: Product, required: &Attribute, settings: &mut Settings) {
    let Some(text) = cx.string(&required.value) else { return };
    let at = required.name_span.to(required.value.span);
    let Some(constraint) = Constraint::parse(&text) else {
        let detail = "This string does not use correct version constraint syntax.";
        cx.error(required.value.span, "Invalid version constraint", detail);
        return;
    };
    if constraint.names_prerelease() {
        let detail = format!(
            "Prerelease version constraints are not supported: {text}. Remove the prerelease information from the \
             constraint. Prerelease versions of terraform will match constraints using their version core only."
        );
        cx.error(at, "Invalid required_version constraint", detail);
        return;
    }
    let version = product.version();
    let admits = Version::parse(version).is_some_and(|version| constraint.admits(&version));
    if !admits {
        let (summary, name) = match product {
            Product::Terraform => ("Unsupported Terraform Core version", "Terraform"),
            Product::Infra => ("Unsupported infra version", "infra"),
        };
        let detail = format!(
            "This configuration does not support {name} version {version}. To proceed, either choose another supported \
             {name} version or update this version constraint. Version constraints are normally set for good reason, so \
             updating the constraint may lead to other errors or unexpected behavior."
        );
        cx.error(at, summary, detail);
    }
    settings.required_version.push((text, required.value.span));
}

fn backend(cx: &mut Cx<'_>, block: Block, settings: &mut Settings) {
    if !check_labels(cx, &block, &["type"]) {
        return;
    }
    if let Some((_, _, first)) = &settings.backend {
        let place = cx.sources.place(*first);
        let detail = format!(
            "A module may have only one backend configuration. The backend was previously configured at {place}."
        );
        let diagnostic = Diagnostic::error("Duplicate backend configuration", detail).at(block.header);
        cx.diags.push(diagnostic.label(*first, "the first one"));
        return;
    }
    settings.backend = Some((block.labels[0].text.clone(), block.body, block.header));
}

fn required_providers(cx: &mut Cx<'_>, mut block: Block, settings: &mut Settings) {
    check_labels(cx, &block, &[]);
    if let Some(first) = settings.required_providers_span {
        let place = cx.sources.place(first);
        let detail = format!(
            "A module may have only one required providers configuration. The required providers were previously \
             configured at {place}."
        );
        cx.error(block.header, "Duplicate required providers configuration", detail);
        return;
    }
    settings.required_providers_span = Some(block.header);
    for nested in &block.body.blocks {
        super::content::unsupported_block(cx, nested, [], []);
    }
    for attribute in block.body.attributes.drain(..) {
        let name = attribute.name.clone();
        if name.chars().any(char::is_uppercase) {
            let lower = name.to_lowercase();
            let detail =
                format!("Provider names must be normalized. Replace \"{name}\" with \"{lower}\" to fix this error.");
            cx.error(attribute.value.span, "Invalid provider local name", detail);
            continue;
        }
        let requirement = requirement(cx, &attribute);
        settings.required_providers.insert(Str::clone(&name), (requirement.source.clone(), attribute.name_span));
        settings.provider_requirements.insert(name, requirement);
    }
}

fn requirement(cx: &mut Cx<'_>, attribute: &Attribute) -> ProviderRequirement {
    let mut requirement = ProviderRequirement::default();
    match &attribute.value.kind {
        ExprKind::String(_) => requirement.version = constraint(cx, &attribute.value),
        ExprKind::Object(entries) => {
            for (key, value) in entries {
                let ExprKind::String(key_text) = &key.kind else {
                    cx.error(key.span, OBJECT, OBJECT_RULE);
                    continue;
                };
                match &**key_text {
                    "source" => requirement.source = source(cx, value),
                    "version" => requirement.version = constraint(cx, value),
                    "configuration_aliases" => requirement.aliases = aliases(cx, value),
                    _ => cx.error(key.span, OBJECT, OBJECT_RULE),
                }
            }
        }
        ExprKind::Error => {}
        _ => cx.error(
            attribute.value.span,
            "Invalid required_providers object",
            "required_providers entries must be strings or objects.",
        ),
    }
    requirement
}

const OBJECT: &str = "Invalid required_providers object";
const OBJECT_RULE: &str = "required_providers objects can only contain \"version\", \"source\" and \
                           \"configuration_aliases\" attributes. To configure a provider, use a \"provider\" block.";

fn constraint(cx: &mut Cx<'_>, expr: &Expr) -> Option<Str> {
    let ExprKind::String(text) = &expr.kind else {
        cx.error(expr.span, "Invalid version constraint", "Version must be specified as a string.");
        return None;
    };
    if Constraint::parse(text).is_none() {
        let detail = "This string does not use correct version constraint syntax.";
        cx.error(expr.span, "Invalid version constraint", detail);
        return None;
    }
    Some(Str::clone(text))
}

/// `[host/]namespace/type`.
fn source(cx: &mut Cx<'_>, expr: &Expr) -> Option<Str> {
    let ExprKind::String(text) = &expr.kind else {
        cx.error(expr.span, "Invalid source", "Source must be specified as a string.");
        return None;
    };
    let parts: Vec<&str> = text.split('/').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
        let detail = "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"";
        cx.error(expr.span, "Invalid provider source string", detail);
        return None;
    }
    let ty = parts.last().copied().unwrap_or("");
    let is_name = |part: &str| {
        part.chars().all(|c| c.is_alphanumeric() || c == '-') && !part.starts_with('-') && !part.ends_with('-')
    };
    if !is_name(ty) {
        let detail = format!(
            "Invalid provider type \"{ty}\" in source \"{text}\": must contain only letters, digits, and dashes, and may \
             not use leading or trailing dashes\""
        );
        cx.error(expr.span, "Invalid provider type", detail);
        return None;
    }
    Some(Str::from(text.to_lowercase()))
}

fn aliases(cx: &mut Cx<'_>, expr: &Expr) -> Vec<(Str, Span)> {
    let mut aliases = Vec::new();
    for item in super::resource::static_list(cx, expr) {
        let Some(reference) = provider_ref(cx, item, "configuration_aliases") else { continue };
        match reference.alias {
            Some(alias) if is_identifier(&alias) => aliases.push((alias, reference.span)),
            _ => {
                let detail = "Configuration aliases must be given as references of the form name.alias.";
                cx.error(item.span, "Invalid configuration alias", detail);
            }
        }
    }
    aliases
}
