//! `tls_private_key`: a key pair.

use async_trait::async_trait;
use ssh_key::EcdsaCurve;

use super::Client;
use super::key::Algorithm;
use super::key::Key;
use crate::diag::with_causes;
use crate::provider::Cx;
use crate::provider::Effect;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Presence;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// A key pair, made once. A create whose result was lost left nothing behind: nobody has seen that key, so another is
/// made.
pub(super) struct PrivateKey;

/// What Go's library makes at the least, and what still comes about within minutes.
const RSA_BITS: std::ops::RangeInclusive<i64> = 1024..=16384;

#[async_trait]
impl ResourceType<Client> for PrivateKey {
    fn name(&self) -> &'static str {
        "tls_private_key"
    }

    fn schema(&self) -> Schema {
        let secret = || string().computed().sensitive();
        let mut schema = Schema::new([
            ("algorithm", string().required().replaces().describe("`RSA`, `ECDSA` or `ED25519`.")),
            ("rsa_bits", number().optional_computed().default(2048).replaces()),
            (
                "ecdsa_curve",
                string().optional_computed().default("P224").replaces().describe("`P256`, `P384` or `P521`."),
            ),
            ("id", string().computed().describe("SHA-1 of the public key.")),
            ("private_key_pem", secret()),
            ("private_key_pem_pkcs8", secret()),
            ("private_key_openssh", secret()),
            ("public_key_pem", string().computed()),
            ("public_key_openssh", string().computed()),
            ("public_key_fingerprint_md5", string().computed()),
            ("public_key_fingerprint_sha256", string().computed()),
        ]);
        schema.version = 1;
        schema
    }

    fn effect(&self) -> Effect {
        Effect::Local
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let is_unknown = |name: &str| config.get(name).is_some_and(|value| !value.is_known());
        match config.str("algorithm") {
            Some("RSA") if is_unknown("rsa_bits") => Vec::new(),
            Some("ECDSA") if is_unknown("ecdsa_curve") => Vec::new(),
            Some(_) => algorithm(config).err().into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let schema = self.schema();
        let computed = schema.root().attributes().iter().filter(|(_, it)| it.presence == Presence::Computed);
        let kept: Vec<(Str, Value)> = computed
            .map(|(name, attribute)| {
                let prior = prior.and_then(|prior| prior.get(name)).cloned();
                (name.clone(), prior.unwrap_or_else(|| Value::unknown(attribute.ty)))
            })
            .collect();
        Planned { object: proposed.with(kept), replace: Vec::new(), warnings: Vec::new() }
    }

    /// Nobody else can change or remove it.
    fn is_read(&self) -> bool {
        false
    }

    async fn read(&self, _: &Client, _: &Cx, prior: &Object) -> Result<Option<Object>> {
        Ok(Some(prior.clone()))
    }

    async fn create(&self, client: &Client, cx: &Cx, planned: &Object) -> Result<Object> {
        let algorithm = algorithm(planned).map_err(|problem| ProviderError::Problem(Box::new(problem)))?;
        let mut entropy = client.entropy.clone();
        cx.progress("making the key");
        // A long RSA key takes seconds, so it keeps off the threads that serve everybody.
        let made = tokio::task::spawn_blocking(move || Key::generate(algorithm, &mut entropy)).await;
        let failed = |error: &dyn std::error::Error| ProviderError::Failed {
            doing: "making a tls_private_key".to_owned(),
            message: with_causes(error),
        };
        let key = made.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        Ok(planned
            .set("id", key.id)
            .set("private_key_pem", key.private_pem.as_str())
            .set("private_key_pem_pkcs8", key.private_pkcs8.as_str())
            .set("private_key_openssh", key.private_openssh.as_str())
            .set("public_key_pem", key.public_pem)
            .set("public_key_openssh", key.public_openssh)
            .set("public_key_fingerprint_md5", key.md5)
            .set("public_key_fingerprint_sha256", key.sha256))
    }

    async fn delete(&self, _: &Client, _: &Cx, _: &Object) -> Result<()> {
        Ok(())
    }

    async fn find(&self, _: &Client, _: &Cx, _: &Intent) -> Result<Found> {
        Ok(Found::Absent)
    }

    async fn import(&self, _: &Client, _: &Cx, _: &str) -> Result<Option<Object>> {
        let message = "this type cannot be imported, as in Terraform: a key is not looked up by an id";
        Err(ProviderError::refused("importing a tls_private_key", message))
    }
}

/// Which key the arguments ask for; those that are absent have their defaults.
fn algorithm(object: &Object) -> std::result::Result<Algorithm, Problem> {
    let invalid = |argument: &'static str, detail: String| {
        let summary = "Invalid Attribute Value".to_owned();
        Err(Problem { path: Path::of(argument), summary, detail })
    };
    match object.str("algorithm").unwrap_or("") {
        "RSA" => {
            let bits = object.get("rsa_bits").filter(|bits| !bits.is_null());
            let bits = bits.map_or(Some(2048), Value::as_i64).filter(|bits| RSA_BITS.contains(bits));
            match bits.and_then(|bits| usize::try_from(bits).ok()) {
                Some(bits) => Ok(Algorithm::Rsa(bits)),
                None => invalid(
                    "rsa_bits",
                    format!("rsa_bits must be a whole number from {} to {}.", RSA_BITS.start(), RSA_BITS.end()),
                ),
            }
        }
        "ECDSA" => match object.str("ecdsa_curve").unwrap_or("P224") {
            "P256" => Ok(Algorithm::Ecdsa(EcdsaCurve::NistP256)),
            "P384" => Ok(Algorithm::Ecdsa(EcdsaCurve::NistP384)),
            "P521" => Ok(Algorithm::Ecdsa(EcdsaCurve::NistP521)),
            "P224" => invalid(
                "ecdsa_curve",
                "Keys on the curve P224, which is the default, cannot be made here; neither OpenSSH nor browsers take \
                 them. Set ecdsa_curve to \"P256\", \"P384\" or \"P521\"."
                    .to_owned(),
            ),
            other => invalid(
                "ecdsa_curve",
                format!("ecdsa_curve must be one of \"P256\", \"P384\" and \"P521\", got: \"{other}\"."),
            ),
        },
        "ED25519" => Ok(Algorithm::Ed25519),
        other => invalid(
            "algorithm",
            format!("algorithm must be one of \"RSA\", \"ECDSA\" and \"ED25519\", got: \"{other}\"."),
        ),
    }
}
