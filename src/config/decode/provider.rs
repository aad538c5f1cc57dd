//! `provider` blocks.

use super::content::Cx;
use super::content::NAME_RULE;
use super::content::take;
use super::resource::reserved_block;
use crate::config::declaration::ProviderBlock;
use crate::diag::Diagnostic;
use crate::syntax::Block;
use crate::syntax::is_identifier;

/// A `provider` block.
pub(in crate::config) fn provider(cx: &mut Cx<'_>, mut block: Block) -> ProviderBlock {
    cx.check_name(&block, 0, "Invalid provider name");
    let body = &mut block.body;
    let alias = take(body, "alias").and_then(|alias| {
        let text = cx.string(&alias.value)?;
        if !is_identifier(&text) {
            let detail = format!("An alias must be a valid name. {NAME_RULE}");
            cx.error(alias.value.span, "Invalid provider configuration alias", detail);
            return None;
        }
        Some(text)
    });
    if let Some(version) = take(body, "version") {
        let detail = "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration \
                      block, but that is now deprecated and will be removed in a future version of Terraform. To silence \
                      this warning, move the provider version constraint into the required_providers block.";
        let summary = "Version constraints inside provider configuration blocks are deprecated";
        cx.diags.push(Diagnostic::warning(summary, detail).at(version.value.span));
    }
    for name in ["count", "depends_on", "for_each", "source"] {
        if let Some(reserved) = take(body, name) {
            let detail =
                format!("The provider argument name \"{name}\" is reserved for use by Terraform in a future version.");
            cx.error(reserved.name_span, "Reserved argument name in provider block", detail);
        }
    }
    let is_reserved = |block: &Block| matches!(&*block.kind, "lifecycle" | "locals");
    body.blocks.iter().filter(|nested| is_reserved(nested)).for_each(|nested| reserved_block(cx, nested, "provider"));
    body.blocks.retain(|nested| !is_reserved(nested));
    let name = block.labels[0].text.clone();
    ProviderBlock { name, alias, body: block.body, span: block.header }
}
