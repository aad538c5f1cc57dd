//! States as people read them: `show`, `state show`, `output`.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use super::plan::with_block;
use super::style::Secrets;
use super::style::Style;
use super::style::Tone;
use super::value::Content;
use super::value::Page;
use super::value::Sign;
use super::value::plain;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::plan::Registry;
use crate::state::Object;
use crate::state::ObjectKey;
use crate::state::Output;
use crate::state::Snapshot;
use crate::value::Str;
use crate::value::Value;

/// Writes a whole state: every object, then the outputs.
pub fn state_text(
    to: &mut dyn Write,
    snapshot: &Snapshot,
    registry: &Registry,
    style: Style,
    secrets: Secrets,
) -> io::Result<()> {
    let mut page = Page::new(style, secrets);
    if snapshot.instances.is_empty() && snapshot.outputs.is_empty() {
        page.line(Tone::Plain, "The state file is empty. No resources are represented.");
    }
    for (addr, instance) in &snapshot.instances {
        for (key, object) in instance.objects() {
            write_object(&mut page, addr, &key, object, registry);
            page.out.push('\n');
            page.flush_some(to)?;
        }
    }
    if !snapshot.outputs.is_empty() {
        page.line(Tone::Bold, "\nOutputs:\n");
        for (name, output) in &snapshot.outputs {
            page.out.push_str(&format!("{name} = "));
            let value = if output.sensitive { output.value.clone().sensitive() } else { output.value.clone() };
            // Set to the left margin: there is no block around an output.
            let mut inner = Page::new(page.style, page.secrets);
            inner.whole(&value, Sign::None, 0);
            page.out.push_str(&inner.out.replace("\n    ", "\n"));
            page.out.push('\n');
        }
    }
    page.flush(to)
}

/// Writes one object, as `state show` does.
pub fn object_text(
    to: &mut dyn Write,
    addr: &InstanceAddr,
    key: &ObjectKey,
    object: &Object,
    registry: &Registry,
    style: Style,
    secrets: Secrets,
) -> io::Result<()> {
    let mut page = Page::new(style, secrets);
    write_object(&mut page, addr, key, object, registry);
    page.flush(to)
}

fn write_object(page: &mut Page<'_>, addr: &InstanceAddr, key: &ObjectKey, object: &Object, registry: &Registry) {
    let about = match key {
        ObjectKey::Deposed(key) => format!(" (deposed object {key})"),
        ObjectKey::Current if object.tainted => " (tainted)".to_owned(),
        ObjectKey::Current => String::new(),
    };
    page.line(Tone::Dim, &format!("# {addr}:{about}"));
    let keyword = match addr.mode {
        Mode::Managed => "resource",
        Mode::Data => "data",
    };
    page.out.push_str(&format!("{keyword} {:?} {:?} {{\n", &*addr.ty, &*addr.name));
    let mut inner = Page::new(page.style, page.secrets);
    with_block(registry, addr.mode, &addr.ty, |block| {
        inner.content(block, Content::Whole(&object.attributes, Sign::None), 0);
    });
    page.out.push_str(&inner.out);
    page.out.push_str("}\n");
}

/// Writes all outputs, one after another; sensitive ones only by name.
pub fn outputs_text(to: &mut dyn Write, outputs: &BTreeMap<Str, Output>) -> io::Result<()> {
    for (name, output) in outputs {
        let text = if output.sensitive || output.value.is_sensitive() {
            "<sensitive>".to_owned()
        } else {
            value_text(&output.value, Secrets::Hidden)
        };
        writeln!(to, "{name} = {text}")?;
    }
    Ok(())
}

/// A value in the syntax of the language, as `output NAME` and `console` print it.
pub fn value_text(value: &Value, secrets: Secrets) -> String {
    let mut text = String::new();
    plain(&mut text, value, secrets, 0);
    text
}
