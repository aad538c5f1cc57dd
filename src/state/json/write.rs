//! Writing values beside their type.

use std::io::Write as _;

use rustc_hash::FxHashMap;

use super::Wrapper;
use crate::state::Place;
use crate::state::Sealer;
use crate::value::Marks;
use crate::value::Number;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::json::type_to_json;

/// What happens to what must not be seen.
#[derive(Clone, Copy)]
pub(crate) enum Veil<'a> {
    /// It is encrypted where it stands, for that place.
    Seal {
        /// With what.
        sealer: &'a Sealer,
        /// The state's lineage.
        lineage: &'a str,
        /// Whose values are written.
        address: &'a str,
    },
    /// It is only marked, because what is written is encrypted as a whole.
    Mark,
}

/// Writes values; types are rendered once each.
#[derive(Default)]
pub(crate) struct ValueWriter {
    types: FxHashMap<Type, Box<str>>,
    path: String,
}

impl ValueWriter {
    /// A type's JSON.
    pub(crate) fn ty(&mut self, out: &mut Vec<u8>, ty: Type) {
        let text = self.types.entry(ty).or_insert_with(|| type_to_json(ty).to_string().into());
        out.extend_from_slice(text.as_bytes());
    }

    /// A value beside its type; `root` is its place for sealing.
    pub(crate) fn value(&mut self, out: &mut Vec<u8>, value: &Value, ty: Type, veil: Veil, root: &str) {
        self.path.clear();
        self.path.push_str(root);
        self.any(out, value, ty, veil);
    }

    /// A value that is sealed as a whole though nothing marks it.
    pub(crate) fn hidden(&mut self, out: &mut Vec<u8>, value: &Value, ty: Type, veil: Veil, root: &str) {
        self.path.clear();
        self.path.push_str(root);
        self.seal(out, value, ty, veil, false);
    }

    /// An object's attributes beside a type that has all of them and perhaps more. `before` each member goes the layout.
    pub(crate) fn attributes(
        &mut self,
        out: &mut Vec<u8>,
        object: &Object,
        ty: Type,
        veil: Veil,
        layout: &str,
        is_sealed: &dyn Fn(&str) -> bool,
    ) {
        let types = ty.attributes().unwrap_or_default();
        for (at, (name, value)) in object.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(layout.as_bytes());
            member(out, name);
            // Nearly always the object has all of the type's attributes, so that they stand at the same places.
            let ty = match types.get(at).filter(|attribute| attribute.name == *name).or_else(|| ty.attribute(name)) {
                Some(attribute) => attribute.ty,
                None => Type::DYNAMIC,
            };
            self.path.clear();
            self.path.push_str(name);
            match (veil, value) {
                (Veil::Seal { .. }, Value::String(_)) if is_sealed(name) => self.seal(out, value, ty, veil, false),
                _ => self.any(out, value, ty, veil),
            }
        }
    }

    fn any(&mut self, out: &mut Vec<u8>, value: &Value, ty: Type, veil: Veil) {
        match value {
            Value::Marked(marked) if marked.marks().contains(Marks::EPHEMERAL) => out.extend_from_slice(b"null"),
            Value::Marked(marked) => match veil {
                Veil::Seal { .. } => self.seal(out, marked.value(), ty, veil, true),
                Veil::Mark => self.wrapped(out, Wrapper::Sensitive, marked.value(), ty, veil),
            },
            Value::Unknown(_) => out.extend_from_slice(br#"{"unknown": true}"#),
            Value::Null(own) if *own == Type::DYNAMIC => out.extend_from_slice(b"null"),
            value if ty == Type::DYNAMIC => {
                let own = value.ty();
                out.extend_from_slice(br#"{"value": "#);
                self.any(out, value, own, veil);
                out.extend_from_slice(br#", "type": "#);
                self.ty(out, own);
                out.push(b'}');
            }
            value => self.plain(out, value, ty, veil),
        }
    }

    fn plain(&mut self, out: &mut Vec<u8>, value: &Value, ty: Type, veil: Veil) {
        match value {
            Value::Null(_) => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            // Infinity has no number in JSON; where a number is expected, these strings are it.
            Value::Number(Number::Inf(true)) => out.extend_from_slice(br#""-Inf""#),
            Value::Number(Number::Inf(false)) => out.extend_from_slice(br#""Inf""#),
            Value::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Value::String(text) => push_string(out, text),
            Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                let elements = value.as_elements().unwrap_or_default();
                self.elements(out, elements, |at| element_type(ty, at), veil);
            }
            Value::Map(map) => {
                let element = ty.element().unwrap_or(Type::DYNAMIC);
                self.members(out, map.iter(), map.iter().next().map(|(name, _)| name), |_| element, veil);
            }
            Value::Object(object) => {
                let types = |name: &str| ty.attribute(name).map_or(Type::DYNAMIC, |attribute| attribute.ty);
                self.members(out, object.iter(), object.shape().names().first(), types, veil);
            }
            Value::Unknown(_) | Value::Marked(_) => self.any(out, value, ty, veil),
        }
    }

    fn elements(&mut self, out: &mut Vec<u8>, elements: &[Value], types: impl Fn(usize) -> Type, veil: Veil) {
        let length = self.path.len();
        out.push(b'[');
        for (at, element) in elements.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            push_index(&mut self.path, at);
            self.any(out, element, types(at), veil);
            self.path.truncate(length);
        }
        out.push(b']');
    }

    fn members<'v>(
        &mut self,
        out: &mut Vec<u8>,
        members: impl Iterator<Item = (&'v Str, &'v Value)>,
        first: Option<&Str>,
        types: impl Fn(&str) -> Type,
        veil: Veil,
    ) {
        let escaped = first.is_some_and(|name| Wrapper::of(name).is_some());
        if escaped {
            out.extend_from_slice(br#"{"plain": "#);
        }
        let length = self.path.len();
        out.push(b'{');
        for (at, (name, value)) in members.enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            member(out, name);
            push_name(&mut self.path, name);
            self.any(out, value, types(name), veil);
            self.path.truncate(length);
        }
        out.push(b'}');
        if escaped {
            out.push(b'}');
        }
    }

    fn wrapped(&mut self, out: &mut Vec<u8>, wrapper: Wrapper, value: &Value, ty: Type, veil: Veil) {
        out.push(b'{');
        member(out, wrapper.name());
        self.any(out, value, ty, veil);
        out.push(b'}');
    }

    fn seal(&mut self, out: &mut Vec<u8>, value: &Value, ty: Type, veil: Veil, sensitive: bool) {
        let Veil::Seal { sealer, lineage, address } = veil else { return self.any(out, value, ty, veil) };
        // That a secret is not set is no secret, and costs nothing to say.
        if matches!(value, Value::Null(own) if *own == ty) {
            out.extend_from_slice(br#"{"sealed": null}"#);
            return;
        }
        let mut plain = zeroize::Zeroizing::new(Vec::new());
        let length = self.path.len();
        self.any(&mut plain, value, ty, Veil::Mark);
        self.path.truncate(length);
        let text = sealer.seal(&Place { lineage, address, path: &self.path }, &plain);
        out.extend_from_slice(br#"{"sealed": ""#);
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(if sensitive { br#""}"#.as_slice() } else { br#"", "sensitive": false}"# });
    }
}

fn element_type(ty: Type, at: usize) -> Type {
    match ty.kind() {
        TypeKind::Tuple(types) => types.get(at).copied().unwrap_or(Type::DYNAMIC),
        _ => ty.element().unwrap_or(Type::DYNAMIC),
    }
}

/// A step into an array, for the place of what is sealed.
pub(super) fn push_index(path: &mut String, at: usize) {
    use std::fmt::Write as _;
    let _ = write!(path, "[{at}]");
}

/// A step into an object or map, for the place of what is sealed. The length keeps `a.b` and `a` of `b` apart.
pub(super) fn push_name(path: &mut String, name: &str) {
    use std::fmt::Write as _;
    let _ = write!(path, ".{}:{name}", name.len());
}

/// A member's name and the colon.
pub(crate) fn member(out: &mut Vec<u8>, name: &str) {
    push_string(out, name);
    out.extend_from_slice(b": ");
}

/// A string. Everything that JSON lets stand is left as it is.
pub(crate) fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            control => {
                let _ = write!(out, "\\u{control:04x}");
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}
