//! Writing the document.

use std::io;
use std::io::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

use super::DIGEST;
use super::END;
use super::FORMAT;
use super::Head;
use super::part;
use super::survey::Survey;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::state::Instance;
use crate::state::KeyEntry;
use crate::state::Object;
use crate::state::ObjectKey;
use crate::state::Place;
use crate::state::Sealer;
use crate::state::Snapshot;
use crate::state::journal::write_open;
use crate::state::json::ValueWriter;
use crate::state::json::Veil;
use crate::state::json::member;
use crate::state::json::push_string;
use crate::value::Value;

/// Writes a snapshot under a head. `twin` is another head; gives the digest that the document would have under it, which
/// tells whether anything has changed. `seal` is the document's keys and the first of them, which is needed when the survey says so.
pub(crate) fn write(
    snapshot: &Snapshot,
    survey: &Survey,
    head: &Head,
    twin: Option<&Head>,
    seal: (&[KeyEntry], Option<&Sealer>),
    sink: &mut dyn io::Write,
) -> io::Result<Option<String>> {
    let mut own = Sha256::new();
    let first = head_text(head);
    own.update(&first);
    sink.write_all(&first)?;
    let twin = twin.map(|head| Sha256::new_with_prefix(head_text(head)));
    let (keys, sealer) = seal;
    let mut writer = Writer { snapshot, survey, keys, sealer, sink, own, twin, values: ValueWriter::default() };
    let mut out = Vec::with_capacity(2 * CHUNK);
    writer.front(&mut out);
    writer.resources(&mut out)?;
    writer.intents(&mut out);
    writer.flush(&mut out)?;
    let own = hex::encode(writer.own.finalize());
    writer.sink.write_all(format!("{DIGEST}{own}{END}").as_bytes())?;
    Ok(writer.twin.map(|twin| hex::encode(twin.finalize())))
}

/// How much is collected before it is hashed and handed on.
const CHUNK: usize = 64 * 1024;

fn head_text(head: &Head) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = write!(out, "{{\n  \"format\": {FORMAT},\n  \"lineage\": ");
    push_string(&mut out, &head.lineage);
    let _ = write!(out, ",\n  \"serial\": {},\n  \"seq\": {}", head.serial, head.seq);
    out
}

struct Writer<'a> {
    snapshot: &'a Snapshot,
    survey: &'a Survey,
    keys: &'a [KeyEntry],
    sealer: Option<&'a Sealer>,
    sink: &'a mut dyn io::Write,
    own: Sha256,
    twin: Option<Sha256>,
    values: ValueWriter,
}

/// What the objects of a resource mostly have in common, and say only where it differs.
#[derive(PartialEq)]
struct Common<'a> {
    provider: &'a ProviderAddr,
    schema_version: u32,
    dependencies: &'a [ResourceAddr],
    create_before_destroy: bool,
}

impl<'a> Common<'a> {
    fn of(object: &'a Object) -> Self {
        Self {
            provider: &object.provider,
            schema_version: object.schema_version,
            dependencies: &object.dependencies,
            create_before_destroy: object.create_before_destroy,
        }
    }

    /// Writes what differs from what was said already; the members of an object that has others before and behind.
    fn write(&self, out: &mut Vec<u8>, said: Option<&Common>) {
        if said.is_none_or(|said| said.provider != self.provider) {
            out.extend_from_slice(b", ");
            member(out, "provider");
            push_string(out, &self.provider.to_string());
        }
        if said.map_or(0, |said| said.schema_version) != self.schema_version {
            let _ = write!(out, ", \"schema_version\": {}", self.schema_version);
        }
        if said.map_or([].as_slice(), |said| said.dependencies) != self.dependencies {
            out.extend_from_slice(b", ");
            member(out, "dependencies");
            part::write_dependencies(out, self.dependencies);
        }
        if said.is_some_and(|said| said.create_before_destroy) != self.create_before_destroy {
            let _ = write!(out, ", \"create_before_destroy\": {}", self.create_before_destroy);
        }
    }
}

impl Writer<'_> {
    /// Everything before the resources.
    fn front(&mut self, out: &mut Vec<u8>) {
        if let Some(world) = &self.snapshot.world {
            out.extend_from_slice(b",\n  \"world\": ");
            part::write_world(out, world, "\n    ");
            out.extend_from_slice(if world.entries.is_empty() { b"}" } else { b"\n  }" });
        }
        if !self.snapshot.unmet.is_empty() {
            out.extend_from_slice(b",\n  \"unmet\": ");
            part::write_names(out, &self.snapshot.unmet);
        }
        out.extend_from_slice(b",\n  \"keys\": ");
        part::write_keys(out, self.keys);
        self.types(out);
        self.outputs(out);
    }

    fn types(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\n  \"types\": {");
        let mut last = None;
        for ((name, version), declared) in &self.survey.types {
            if last == Some(name) {
                out.extend_from_slice(b",\n      ");
            } else {
                out.extend_from_slice(if last.is_none() { b"\n    ".as_slice() } else { b"\n    },\n    " });
                member(out, name);
                out.extend_from_slice(b"{\n      ");
            }
            let _ = write!(out, "\"{version}\": {{\"attributes\": {{");
            for (at, attribute) in declared.ty.attributes().unwrap_or_default().iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                member(out, &attribute.name);
                self.values.ty(out, attribute.ty);
            }
            out.push(b'}');
            if !declared.sealed.is_empty() {
                out.extend_from_slice(b", \"sealed\": [");
                for (at, name) in declared.sealed.iter().enumerate() {
                    if at > 0 {
                        out.extend_from_slice(b", ");
                    }
                    push_string(out, name);
                }
                out.push(b']');
            }
            out.push(b'}');
            last = Some(name);
        }
        out.extend_from_slice(if last.is_none() { b"}" } else { b"\n    }\n  }" });
    }

    fn outputs(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\n  \"outputs\": {");
        for (at, (name, output)) in self.snapshot.outputs.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"\n    ".as_slice() } else { b",\n    " });
            member(out, name);
            let ty = output.value.ty();
            out.extend_from_slice(b"{\"type\": ");
            self.values.ty(out, ty);
            if output.sensitive {
                out.extend_from_slice(b", \"sensitive\": true");
            }
            out.extend_from_slice(b", \"value\": ");
            let address = format!("output.{name}");
            match self.veil(&address) {
                veil @ Veil::Seal { .. } if output.sensitive && output.value.marks().is_empty() => {
                    self.values.hidden(out, &output.value, ty, veil, "");
                }
                veil => self.values.value(out, &output.value, ty, veil, ""),
            }
            out.push(b'}');
        }
        out.extend_from_slice(if self.snapshot.outputs.is_empty() { b"}" } else { b"\n  }" });
    }

    fn resources(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(b",\n  \"resources\": [");
        let mut last: Option<(&InstanceAddr, Common)> = None;
        for (address, instance) in &self.snapshot.instances {
            let Some((_, object)) = instance.objects().next() else { continue };
            let common = match last.take() {
                Some((known, common)) if is_same_resource(known, address) => {
                    out.extend_from_slice(b",\n      ");
                    common
                }
                earlier => {
                    let close: &[u8] = if earlier.is_some() { b"\n    ]}" } else { b"" };
                    out.extend_from_slice(close);
                    out.extend_from_slice(if earlier.is_some() { b",\n    ".as_slice() } else { b"\n    " });
                    out.extend_from_slice(b"{\"address\": ");
                    push_string(out, &address.with_key(InstanceKey::None).to_string());
                    let common = Common::of(object);
                    common.write(out, None);
                    out.extend_from_slice(b", \"instances\": [\n      ");
                    common
                }
            };
            self.instance(out, address, instance, &common);
            last = Some((address, common));
            if out.len() >= CHUNK {
                self.flush(out)?;
            }
        }
        out.extend_from_slice(if last.is_some() { b"\n    ]}\n  ]" } else { b"]" });
        Ok(())
    }

    fn instance(&mut self, out: &mut Vec<u8>, address: &InstanceAddr, instance: &Instance, common: &Common) {
        out.push(b'{');
        let start = out.len();
        match &address.key {
            InstanceKey::None => {}
            InstanceKey::Int(key) => {
                let _ = write!(out, "\"key\": {key}");
            }
            InstanceKey::Str(key) => {
                member(out, "key");
                push_string(out, key);
            }
        }
        // Most instances hold nothing that is sealed, and then nobody reads the text.
        let text = if instance.objects().any(|(_, object)| self.may_seal(address, object)) {
            address.to_string()
        } else {
            String::new()
        };
        if let Some(object) = &instance.current {
            comma(out, start);
            self.object(out, address, &text, object, common);
        }
        if !instance.deposed.is_empty() {
            comma(out, start);
            out.extend_from_slice(b"\"deposed\": {");
            for (at, (key, object)) in instance.deposed.iter().enumerate() {
                out.extend_from_slice(if at == 0 { b"" } else { b", " });
                member(out, key.as_str());
                out.push(b'{');
                self.object(out, address, &format!("{text} deposed {key}"), object, common);
                out.push(b'}');
            }
            out.push(b'}');
        }
        out.push(b'}');
    }

    fn may_seal(&self, address: &InstanceAddr, object: &Object) -> bool {
        self.sealer.is_some()
            && (!object.private.is_null()
                || object.attributes.values().iter().any(Value::contains_marked)
                || !self.survey.declared(address.mode, &address.ty, object.schema_version).sealed.is_empty())
    }

    /// The members of an object.
    fn object(&mut self, out: &mut Vec<u8>, address: &InstanceAddr, text: &str, object: &Object, common: &Common) {
        let _ = write!(out, "\"version\": {}", object.version);
        if object.tainted {
            out.extend_from_slice(b", \"tainted\": true");
        }
        Common::of(object).write(out, Some(common));
        if !object.private.is_null()
            && let Veil::Seal { sealer, lineage, address } = self.veil(text)
        {
            let plain = zeroize::Zeroizing::new(object.private.to_string());
            let sealed = sealer.seal(&Place { lineage, address, path: ".private" }, plain.as_bytes());
            out.extend_from_slice(b", \"private\": {\"sealed\": ");
            push_string(out, &sealed);
            out.push(b'}');
        }
        out.extend_from_slice(b", \"values\": {");
        let declared = self.survey.declared(address.mode, &address.ty, object.schema_version);
        let is_sealed = |name: &str| declared.sealed.iter().any(|sealed| **sealed == *name);
        let veil = veil(self.sealer, &self.snapshot.lineage, text);
        self.values.attributes(out, &object.attributes, declared.ty, veil, "\n        ", &is_sealed);
        out.extend_from_slice(if object.attributes.is_empty() { b"}" } else { b"\n      }" });
    }

    fn intents(&mut self, out: &mut Vec<u8>) {
        if self.snapshot.open.is_empty() {
            return;
        }
        out.extend_from_slice(b",\n  \"intents\": [");
        for (at, open) in self.snapshot.open.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"\n    ".as_slice() } else { b",\n    " });
            out.extend_from_slice(b"{\"address\": ");
            let address = open.instance.to_string();
            push_string(out, &address);
            if let ObjectKey::Deposed(key) = &open.object {
                let _ = write!(out, ", \"deposed\": \"{key}\"");
            }
            let _ = write!(out, ", \"op\": \"{}\", \"seq\": {}, \"step\": {}", open.op, open.seq, open.step);
            out.extend_from_slice(b", \"run\": ");
            push_string(out, &open.run);
            if let Veil::Seal { sealer, lineage, address } = self.veil(&address) {
                let mut plain = zeroize::Zeroizing::new(Vec::new());
                write_open(&mut self.values, &mut plain, open);
                let path = format!(".intent {}", open.seq);
                out.extend_from_slice(b", \"sealed\": ");
                push_string(out, &sealer.seal(&Place { lineage, address, path: &path }, &plain));
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"\n  ]");
    }

    fn veil<'b>(&self, address: &'b str) -> Veil<'b>
    where
        Self: 'b,
    {
        veil(self.sealer, &self.snapshot.lineage, address)
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.own.update(&*out);
        if let Some(twin) = &mut self.twin {
            twin.update(&*out);
        }
        self.sink.write_all(out)?;
        out.clear();
        Ok(())
    }
}

/// Without a sealer nothing is to be sealed: the survey has seen to that.
fn veil<'a>(sealer: Option<&'a Sealer>, lineage: &'a str, address: &'a str) -> Veil<'a> {
    match sealer {
        Some(sealer) => Veil::Seal { sealer, lineage, address },
        None => Veil::Mark,
    }
}

fn comma(out: &mut Vec<u8>, start: usize) {
    if out.len() > start {
        out.extend_from_slice(b", ");
    }
}

fn is_same_resource(a: &InstanceAddr, b: &InstanceAddr) -> bool {
    a.name == b.name && a.ty == b.ty && a.mode == b.mode && a.module == b.module
}
