//! Digests of text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;

use super::Function;
use super::Param;
use super::string::string;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let of = |name, body| Function::pure(name, [Param::string("str")], Type::STRING, body);
    vec![
        of("base64sha256", |args| Ok(Value::from(sha256_base64(string(args, 0).as_bytes())))),
        of("base64sha512", |args| Ok(Value::from(sha512_base64(string(args, 0).as_bytes())))),
        of("md5", |args| Ok(Value::from(md5(string(args, 0).as_bytes())))),
        of("sha1", |args| Ok(Value::from(sha1(string(args, 0).as_bytes())))),
        of("sha256", |args| Ok(Value::from(sha256(string(args, 0).as_bytes())))),
        of("sha512", |args| Ok(Value::from(sha512(string(args, 0).as_bytes())))),
    ]
}

pub(super) fn md5(bytes: &[u8]) -> String {
    hex::encode(md5::Md5::digest(bytes))
}

pub(super) fn sha1(bytes: &[u8]) -> String {
    hex::encode(sha1::Sha1::digest(bytes))
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(bytes))
}

pub(super) fn sha512(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha512::digest(bytes))
}

pub(super) fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(sha2::Sha256::digest(bytes))
}

pub(super) fn sha512_base64(bytes: &[u8]) -> String {
    STANDARD.encode(sha2::Sha512::digest(bytes))
}
