use std::fmt::Write as _;
use std::path::Path as FilePath;
use std::process::Command;

use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::pkcs8::LineEnding;

use super::*;
use crate::diag::tier;
use crate::provider::Planned;
use crate::providers::testing::configure;
use crate::providers::testing::cx;
use crate::providers::testing::proposed;
use crate::schema::ObjectExt;
use crate::schema::Presence;
use crate::value::Type;
use crate::value::Value;

type Config = Vec<(&'static str, Value)>;

fn client() -> Client {
    let tls = Tls::with_entropy(Entropy::seeded(1));
    tls.configure(&tls.schema().empty(), configure(FilePath::new("."))).unwrap()
}

fn plan(prior: Option<&Object>, config: &Config) -> Object {
    let Planned { object, replace, warnings } = PrivateKey.plan(prior, proposed(&PrivateKey.schema(), prior, config));
    assert!(replace.is_empty() && warnings.is_empty());
    object
}

fn rsa(bits: i64) -> Config {
    vec![("algorithm", Value::from("RSA")), ("rsa_bits", Value::from(bits))]
}

fn ecdsa(curve: &str) -> Config {
    vec![("algorithm", Value::from("ECDSA")), ("ecdsa_curve", Value::from(curve))]
}

fn ed25519() -> Config {
    vec![("algorithm", Value::from("ED25519"))]
}

/// The public key as PEM, from each private form, by the libraries.
fn public_of(config: &Config, private: &str, pkcs8: &str) -> [String; 2] {
    fn pem(key: &impl EncodePublicKey) -> String {
        key.to_public_key_pem(LineEnding::LF).unwrap()
    }
    let text = |name: &str| config.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_str());
    match (text("algorithm").unwrap(), text("ecdsa_curve")) {
        ("RSA", _) => [
            pem(&::rsa::RsaPrivateKey::from_pkcs1_pem(private).unwrap().to_public_key()),
            pem(&::rsa::RsaPrivateKey::from_pkcs8_pem(pkcs8).unwrap().to_public_key()),
        ],
        (_, Some("P256")) => [
            pem(&p256::SecretKey::from_sec1_pem(private).unwrap().public_key()),
            pem(&p256::SecretKey::from_pkcs8_pem(pkcs8).unwrap().public_key()),
        ],
        (_, Some("P384")) => [
            pem(&p384::SecretKey::from_sec1_pem(private).unwrap().public_key()),
            pem(&p384::SecretKey::from_pkcs8_pem(pkcs8).unwrap().public_key()),
        ],
        (_, Some("P521")) => [
            pem(&p521::SecretKey::from_sec1_pem(private).unwrap().public_key()),
            pem(&p521::SecretKey::from_pkcs8_pem(pkcs8).unwrap().public_key()),
        ],
        _ => [private, pkcs8].map(|key| pem(&ed25519_dalek::SigningKey::from_pkcs8_pem(key).unwrap().verifying_key())),
    }
}

/// What a program prints; `None` when it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn every_form_of_a_key_is_read_back_as_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let cases = [
        (rsa(2048), "RSA PRIVATE KEY", "ssh-rsa "),
        (ecdsa("P256"), "EC PRIVATE KEY", "ecdsa-sha2-nistp256 "),
        (ecdsa("P384"), "EC PRIVATE KEY", "ecdsa-sha2-nistp384 "),
        (ecdsa("P521"), "EC PRIVATE KEY", "ecdsa-sha2-nistp521 "),
        (ed25519(), "PRIVATE KEY", "ssh-ed25519 "),
    ];
    for (config, label, kind) in cases {
        let key = PrivateKey.create(&client(), &cx(), &plan(None, &config)).await.unwrap();
        let text = |name: &str| key.str(name).unwrap();
        let (private, pkcs8, public) = (text("private_key_pem"), text("private_key_pem_pkcs8"), text("public_key_pem"));
        let (openssh, line) = (text("private_key_openssh"), text("public_key_openssh"));

        assert!(private.starts_with(&format!("-----BEGIN {label}-----\n")), "{label}");
        assert!(pkcs8.starts_with("-----BEGIN PRIVATE KEY-----\n") && pkcs8.ends_with("-----END PRIVATE KEY-----\n"));
        assert!(public.starts_with("-----BEGIN PUBLIC KEY-----\n") && public.ends_with("-----END PUBLIC KEY-----\n"));
        assert!(openssh.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        assert!(line.starts_with(kind) && line.ends_with('\n') && line.trim_end().matches(' ').count() == 1, "{line}");
        assert_eq!(public_of(&config, private, pkcs8), [public, public]);
        let parsed = ssh_key::PrivateKey::from_openssh(openssh).unwrap();
        assert_eq!(parsed.public_key().to_openssh().unwrap(), line.trim_end());
        assert_eq!(text("id").len(), 40);

        for (name, content) in [("private", private), ("pkcs8", pkcs8), ("openssh", openssh), ("line", line)] {
            std::fs::write(at(name), content).unwrap();
            run("chmod", &["600", &at(name)]);
        }
        match run("ssh-keygen", &["-y", "-f", &at("openssh")]) {
            Some(shown) => {
                assert_eq!(shown.trim_end(), line.trim_end());
                let fingerprint = |hash: &str| run("ssh-keygen", &["-l", "-E", hash, "-f", &at("line")]).unwrap();
                assert!(fingerprint("sha256").contains(&format!(" {} ", text("public_key_fingerprint_sha256"))));
                assert!(fingerprint("md5").contains(&format!(" MD5:{} ", text("public_key_fingerprint_md5"))));
                tier("keys by ssh-keygen", None);
            }
            None => tier("keys by ssh-keygen", Some("ssh-keygen is not installed")),
        }
        for form in ["private", "pkcs8"] {
            match run("openssl", &["pkey", "-in", &at(form), "-pubout"]) {
                Some(shown) => {
                    assert_eq!(shown, public, "{label} {form}");
                    tier("keys by openssl", None);
                }
                None => tier("keys by openssl", Some("openssl is not installed")),
            }
        }
    }
}

#[tokio::test]
async fn a_key_is_made_once_and_its_private_forms_are_secret() {
    let made = PrivateKey.create(&client(), &cx(), &plan(None, &ed25519())).await.unwrap();
    assert_eq!((made.int("rsa_bits"), made.str("ecdsa_curve")), (Some(2048), Some("P224")));
    assert_eq!(plan(Some(&made), &ed25519()), made);
    assert_eq!(PrivateKey.read(&client(), &cx(), &made).await.unwrap(), Some(made.clone()));
    PrivateKey.delete(&client(), &cx(), &made).await.unwrap();
    assert!(PrivateKey.import(&client(), &cx(), "x").await.unwrap_err().to_string().contains("cannot be imported"));

    let schema = PrivateKey.schema();
    let mut roles = String::new();
    for (name, attribute) in schema.root().attributes() {
        let is_result = attribute.presence == Presence::Computed;
        assert_eq!(attribute.replaces, !is_result, "{name}");
        assert_eq!(attribute.is_sensitive(), name.starts_with("private_key_"), "{name}");
        assert_eq!(plan(None, &ed25519()).get(name).is_some_and(|value| !value.is_known()), is_result, "{name}");
        write!(roles, "{name} ").unwrap();
    }
    assert_eq!(
        roles.trim_end(),
        "algorithm ecdsa_curve id private_key_openssh private_key_pem private_key_pem_pkcs8 \
         public_key_fingerprint_md5 public_key_fingerprint_sha256 public_key_openssh public_key_pem rsa_bits"
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_made_is_said_with_its_argument() {
    let unknown = Value::unknown(Type::STRING);
    for (config, argument) in [
        (vec![("algorithm", Value::from("DSA"))], Some("algorithm")),
        (vec![("algorithm", Value::from("ECDSA"))], Some("ecdsa_curve")),
        (ecdsa("P224"), Some("ecdsa_curve")),
        (ecdsa("K256"), Some("ecdsa_curve")),
        (rsa(512), Some("rsa_bits")),
        (rsa(1 << 20), Some("rsa_bits")),
        (rsa(4096), None),
        (ecdsa("P384"), None),
        (vec![("algorithm", unknown.clone())], None),
        (vec![("algorithm", Value::from("ECDSA")), ("ecdsa_curve", unknown)], None),
        (vec![("algorithm", Value::from("RSA")), ("rsa_bits", Value::unknown(Type::NUMBER))], None),
    ] {
        let problems = PrivateKey.validate(&PrivateKey.schema().object(config.clone()));
        let paths: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, argument.into_iter().collect::<Vec<_>>(), "{config:?}");
    }
    let error = PrivateKey.create(&client(), &cx(), &plan(None, &ecdsa("P224"))).await.unwrap_err();
    assert!(error.to_string().contains("Set ecdsa_curve to \"P256\""), "{error}");
}
