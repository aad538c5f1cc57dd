//! The checksums that every type of this vendor gives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Digest;
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;
use sha2::Sha512;

use crate::schema::Attribute;
use crate::schema::string;
use crate::value::Str;
use crate::value::Value;

/// The attributes' names.
pub(super) const NAMES: [&str; 7] = [
    "id",
    "content_md5",
    "content_sha1",
    "content_sha256",
    "content_base64sha256",
    "content_sha512",
    "content_base64sha512",
];

/// The attributes that [`of`] fills.
pub(super) fn attributes() -> impl Iterator<Item = (&'static str, Attribute)> {
    NAMES.into_iter().map(|name| (name, string().computed()))
}

/// The checksums of a content.
pub(super) fn of(content: &[u8]) -> Vec<(Str, Value)> {
    let (sha256, sha512) = (Sha256::digest(content), Sha512::digest(content));
    let texts = [
        sha1(content),
        hex::encode(Md5::digest(content)),
        sha1(content),
        hex::encode(sha256),
        STANDARD.encode(sha256),
        hex::encode(sha512),
        STANDARD.encode(sha512),
    ];
    NAMES.into_iter().zip(texts).map(|(name, text)| (Str::from(name), Value::from(text))).collect()
}

/// What `id` is.
pub(super) fn sha1(content: &[u8]) -> String {
    hex::encode(Sha1::digest(content))
}
