//! What a file holds, as attributes tell it: text in `content`, anything else in `content_base64`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;
use sha2::Sha256;

use crate::schema::ObjectExt;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The bytes that an object asks for; `None` while they are not known, or when it does not say.
pub(super) fn wanted(object: &Object) -> Option<Vec<u8>> {
    if let Some(text) = object.str("content") {
        return Some(text.as_bytes().to_vec());
    }
    STANDARD.decode(object.str("content_base64")?).ok()
}

/// SHA-256 in hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The marks of what an object asks for: its hash carries them too, as a short secret can be guessed from it.
pub(super) fn marks(object: &Object) -> Marks {
    let of = |name: &str| object.get(name).map_or(Marks::NONE, Value::marks);
    of("content") | of("content_base64")
}

/// The attributes for bytes that were found, in the form that the reference uses; text where it says neither.
pub(super) fn found(reference: &Object, bytes: Option<&[u8]>) -> [(Str, Value); 2] {
    let null = || Value::Null(Type::STRING);
    let is_encoded = reference.get("content_base64").is_some_and(|value| !value.is_null());
    let text = bytes.filter(|_| !is_encoded).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let is_text_wanted = reference.get("content").is_some_and(|value| !value.is_null());
    let (content, encoded) = match (bytes, text) {
        (_, Some(text)) => (Value::from(text), null()),
        // Where text is wanted, what is not text is no content of it.
        (Some(bytes), None) if !is_text_wanted => (null(), Value::from(STANDARD.encode(bytes))),
        _ => (null(), null()),
    };
    let marks = marks(reference);
    [(Str::from("content"), content.with_marks(marks)), (Str::from("content_base64"), encoded.with_marks(marks))]
}
