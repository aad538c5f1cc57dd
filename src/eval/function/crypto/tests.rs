use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey;

use super::super::CallError;
use super::super::tests::check;
use super::super::tests::run;
use crate::value::Value;

#[test]
fn names_give_the_same_uuid_each_time() {
    check(&[
        ("uuidv5", r#""dns", "tada""#, Ok("\"faa898db-9b9d-5b75-86a9-149e7bb8e3b8\"")),
        ("uuidv5", r#""6ba7b810-9dad-11d1-80b4-00c04fd430c8", "tada""#, Ok("\"faa898db-9b9d-5b75-86a9-149e7bb8e3b8\"")),
        ("uuidv5", r#""x500", "tada""#, Ok("\"7e12415e-f7c9-57c3-9e43-52dc9950d264\"")),
        (
            "uuidv5",
            r#""nope", "x""#,
            Err(
                "Call to function \"uuidv5\" failed: uuidv5() doesn't support namespace nope (invalid UUID length: 4).",
            ),
        ),
    ]);
    assert_ne!(run("uuid", &[]), run("uuid", &[]));
}

#[test]
fn password_hashes_verify() {
    let hash = run("bcrypt", &[Value::from("pass"), Value::from(4)]).expect("hashes");
    let hash = hash.as_str().expect("text");
    assert!(hash.starts_with("$2a$04$"));
    assert!(bcrypt::verify("pass", hash).expect("a hash"));
    check(&[
        (
            "bcrypt",
            "\"x\", 100",
            Err(
                "Call to function \"bcrypt\" failed: error occured generating password crypto/bcrypt: cost 100 is outside \
             allowed range (4,31).",
            ),
        ),
        (
            "bcrypt",
            "\"x\", 4, 5",
            Err("Call to function \"bcrypt\" failed: bcrypt() takes no more than two arguments."),
        ),
    ]);
}

#[test]
fn sealed_text_opens_with_keys_in_either_form() {
    use base64::Engine;
    let key = rsa::RsaPrivateKey::new(&mut rand::thread_rng(), 1024).expect("a key");
    let sealed = key.to_public_key().encrypt(&mut rand::thread_rng(), rsa::Pkcs1v15Encrypt, b"secret").expect("seals");
    let sealed = Value::from(base64::engine::general_purpose::STANDARD.encode(sealed));
    let pkcs1 = key.to_pkcs1_pem(rsa::pkcs8::LineEnding::LF).expect("PEM");
    let pkcs8 = key.to_pkcs8_pem(rsa::pkcs8::LineEnding::LF).expect("PEM");
    for pem in [pkcs1.as_str(), pkcs8.as_str()] {
        assert_eq!(run("rsadecrypt", &[sealed.clone(), Value::from(pem)]), Ok(Value::from("secret")));
    }
    let other = Value::from("aGVsbG8=");
    let failed = CallError::call("failed to decrypt: crypto/rsa: decryption error");
    assert_eq!(run("rsadecrypt", &[other, Value::from(pkcs8.as_str())]), Err(failed));
    check(&[
        (
            "rsadecrypt",
            r#""!!", "x""#,
            Err("Invalid value for \"ciphertext\" parameter: failed to decode input \"!!\": cipher text must be \
             base64-encoded."),
        ),
        (
            "rsadecrypt",
            r#""", "not a key""#,
            Err("Invalid value for \"privatekey\" parameter: invalid private key: ssh: no key found."),
        ),
    ]);
}
