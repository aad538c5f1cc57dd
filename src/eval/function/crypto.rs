//! Keys, password hashes and UUIDs.

use rsa::Pkcs1v15Encrypt;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use uuid::Uuid;

use super::CallError;
use super::Function;
use super::Param;
use super::encoding::from_base64;
use super::numeric::whole;
use super::string::string;
use crate::value::Type;
use crate::value::Value;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::pure("bcrypt", [Param::string("str")], Type::STRING, bcrypt)
            .variadic_of(Param::number("cost"))
            .impure(),
        Function::pure(
            "rsadecrypt",
            [Param::string("ciphertext"), Param::string("privatekey")],
            Type::STRING,
            rsadecrypt,
        ),
        Function::pure("uuid", [], Type::STRING, |_| Ok(Value::from(Uuid::new_v4().to_string()))).impure(),
        Function::pure("uuidv5", [Param::string("namespace"), Param::string("name")], Type::STRING, uuidv5),
    ]
}

fn bcrypt(args: &[Value]) -> Result<Value, CallError> {
    const DEFAULT: u32 = 10;
    let cost = match args {
        [_] => i64::from(DEFAULT),
        [_, cost] => whole(cost).map_err(CallError::call)?,
        _ => return Err(CallError::call("bcrypt() takes no more than two arguments")),
    };
    let failed = |why: String| CallError::call(format!("error occured generating password {why}"));
    let cost = match u32::try_from(cost) {
        Ok(cost @ 4..=31) => cost,
        Ok(0..4) | Err(_) if cost < 4 => DEFAULT,
        _ => return Err(failed(format!("crypto/bcrypt: cost {cost} is outside allowed range (4,31)"))),
    };
    let password = string(args, 0);
    if password.len() > 72 {
        return Err(failed("bcrypt: password length exceeds 72 bytes".into()));
    }
    let hash = bcrypt::hash_with_salt(password, cost, rand::random()).map_err(|error| failed(error.to_string()))?;
    Ok(Value::from(hash.format_for_version(bcrypt::Version::TwoA)))
}

fn rsadecrypt(args: &[Value]) -> Result<Value, CallError> {
    let text = string(args, 0);
    let not_base64 = || {
        CallError::argument(0, format!("failed to decode input {}: cipher text must be base64-encoded", quoted(text)))
    };
    let sealed = from_base64(text).ok_or_else(not_base64)?;
    let key = private_key(string(args, 1)).map_err(|message| CallError::argument(1, message))?;
    let opened = key.decrypt(Pkcs1v15Encrypt, &sealed);
    let opened = opened.map_err(|_| CallError::call("failed to decrypt: crypto/rsa: decryption error"))?;
    let not_text = |_| CallError::call("the decrypted data is not valid UTF-8");
    String::from_utf8(opened).map(Value::text).map_err(not_text)
}

fn private_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let label = pem.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
    let broken = "invalid ASN1 data in the given private key";
    match label.map(|(label, _)| label) {
        Some("RSA PRIVATE KEY") if pem.contains("ENCRYPTED") => {
            Err("invalid private key: ssh: this private key is passphrase protected".into())
        }
        Some("RSA PRIVATE KEY") => RsaPrivateKey::from_pkcs1_pem(pem.trim()).map_err(|_| broken.into()),
        Some("PRIVATE KEY") => RsaPrivateKey::from_pkcs8_pem(pem.trim()).map_err(|_| broken.into()),
        Some("OPENSSH PRIVATE KEY") => {
            let key = ssh_key::PrivateKey::from_openssh(pem).map_err(|_| broken)?;
            if key.is_encrypted() {
                return Err("invalid private key: ssh: this private key is passphrase protected".into());
            }
            let pair = key.key_data().rsa().ok_or("invalid private key type: an RSA key is required")?;
            RsaPrivateKey::try_from(pair).map_err(|_| broken.into())
        }
        Some(other) => Err(format!("invalid private key: ssh: unsupported key type {}", quoted(other))),
        None => Err("invalid private key: ssh: no key found".into()),
    }
}

fn uuidv5(args: &[Value]) -> Result<Value, CallError> {
    let name = string(args, 0);
    let namespace = match name {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        _ => Uuid::parse_str(name).map_err(|_| {
            let why = match name.len() {
                32 | 36 | 38 | 45 => "invalid UUID format".into(),
                length => format!("invalid UUID length: {length}"),
            };
            CallError::call(format!("uuidv5() doesn't support namespace {name} ({why})"))
        })?,
    };
    Ok(Value::from(Uuid::new_v5(&namespace, string(args, 1).as_bytes()).to_string()))
}

#[cfg(test)]
mod tests;
