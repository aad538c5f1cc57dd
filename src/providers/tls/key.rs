//! A key pair in every spelling that people use.
//!
//! Takes an algorithm and randomness, gives texts. PKCS#8, public keys and OpenSSH's forms are the libraries' work; the
//! older private form of elliptic curves is written here, because theirs leaves out the curve and OpenSSL then cannot
//! read it.

use md5::Digest;
use md5::Md5;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::pkcs8::LineEnding;
use rsa::pkcs8::der::pem;
use sha1::Sha1;
use ssh_key::EcdsaCurve;
use ssh_key::HashAlg;
use ssh_key::private::EcdsaKeypair;
use ssh_key::private::Ed25519Keypair;
use ssh_key::private::KeypairData;
use ssh_key::private::RsaKeypair;
use zeroize::Zeroizing;

use crate::provider::Entropy;

/// Which key to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA with this many bits.
    Rsa(usize),
    /// ECDSA on a curve of NIST.
    Ecdsa(EcdsaCurve),
    /// Ed25519.
    Ed25519,
}

/// The spellings of one key pair. All but the public ones are wiped from memory when dropped.
pub(super) struct Key {
    /// The usual private form: PKCS#1 for RSA, SEC 1 for ECDSA, PKCS#8 for Ed25519.
    pub(super) private_pem: Zeroizing<String>,
    /// PKCS#8.
    pub(super) private_pkcs8: Zeroizing<String>,
    /// OpenSSH's own private form.
    pub(super) private_openssh: Zeroizing<String>,
    /// The public key as PEM.
    pub(super) public_pem: String,
    /// A line of `authorized_keys`.
    pub(super) public_openssh: String,
    /// `aa:bb:…`
    pub(super) md5: String,
    /// `SHA256:…`
    pub(super) sha256: String,
    /// SHA-1 of the public key, in hexadecimal.
    pub(super) id: String,
}

/// Why a key cannot be made or spelt.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    #[error("cannot make an RSA key")]
    Rsa(#[from] rsa::Error),
    #[error("cannot write the key in the form of PKCS#1")]
    Pkcs1(#[from] rsa::pkcs1::Error),
    #[error("cannot write the key in the form of PKCS#8")]
    Pkcs8(#[from] rsa::pkcs8::Error),
    #[error("cannot write the public key")]
    Public(#[from] rsa::pkcs8::spki::Error),
    #[error("cannot write the key in the form of SEC 1")]
    Sec1(#[from] pem::Error),
    #[error("cannot write the key in OpenSSH's form")]
    OpenSsh(#[from] ssh_key::Error),
    #[error("the curve does not take the key")]
    Curve(#[from] p256::elliptic_curve::Error),
}

impl Key {
    /// Makes a key pair.
    pub(super) fn generate(algorithm: Algorithm, entropy: &mut Entropy) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::Rsa(bits) => {
                let private = rsa::RsaPrivateKey::new(entropy, bits)?;
                let pem = private.to_pkcs1_pem(LineEnding::LF)?;
                let pkcs8 = private.to_pkcs8_pem(LineEnding::LF)?;
                Self::spell(KeypairData::Rsa(RsaKeypair::try_from(&private)?), pem, pkcs8, &private.to_public_key())
            }
            Algorithm::Ecdsa(curve) => {
                let pair = EcdsaKeypair::random(entropy, curve)?;
                let pem = sec1(&pair)?;
                let bytes = pair.private_key_bytes();
                match curve {
                    EcdsaCurve::NistP256 => {
                        let private = p256::SecretKey::from_slice(bytes)?;
                        let pkcs8 = private.to_pkcs8_pem(LineEnding::LF)?;
                        Self::spell(KeypairData::Ecdsa(pair), pem, pkcs8, &private.public_key())
                    }
                    EcdsaCurve::NistP384 => {
                        let private = p384::SecretKey::from_slice(bytes)?;
                        let pkcs8 = private.to_pkcs8_pem(LineEnding::LF)?;
                        Self::spell(KeypairData::Ecdsa(pair), pem, pkcs8, &private.public_key())
                    }
                    EcdsaCurve::NistP521 => {
                        let private = p521::SecretKey::from_slice(bytes)?;
                        let pkcs8 = private.to_pkcs8_pem(LineEnding::LF)?;
                        Self::spell(KeypairData::Ecdsa(pair), pem, pkcs8, &private.public_key())
                    }
                }
            }
            Algorithm::Ed25519 => {
                let private = ed25519_dalek::SigningKey::generate(entropy);
                // With the public key inside it would be version 2 of the form, which OpenSSL 3.0 and 1.1 refuse.
                let form = ed25519_dalek::pkcs8::KeypairBytes { secret_key: private.to_bytes(), public_key: None };
                let pkcs8 = form.to_pkcs8_pem(LineEnding::LF)?;
                let pair = Ed25519Keypair::from(&private);
                Self::spell(KeypairData::Ed25519(pair), pkcs8.clone(), pkcs8, &private.verifying_key())
            }
        }
    }

    fn spell(
        pair: KeypairData,
        private_pem: Zeroizing<String>,
        private_pkcs8: Zeroizing<String>,
        public: &impl EncodePublicKey,
    ) -> Result<Self, KeyError> {
        let openssh = ssh_key::PrivateKey::new(pair, "")?;
        // Both forms end their public line with a line break, as Terraform's provider does.
        let public_openssh = format!("{}\n", openssh.public_key().to_openssh()?.trim_end());
        let blob = openssh.public_key().to_bytes()?;
        let md5: Vec<String> = Md5::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            private_pem,
            private_pkcs8,
            private_openssh: openssh.to_openssh(LineEnding::LF)?,
            public_pem: public.to_public_key_pem(LineEnding::LF)?,
            public_openssh,
            md5: md5.join(":"),
            sha256: openssh.fingerprint(HashAlg::Sha256).to_string(),
            id: hex::encode(Sha1::digest(public.to_public_key_der()?.as_bytes())),
        })
    }
}

/// SEC 1's `ECPrivateKey` with the curve's name: `SEQUENCE { 1, private, [0] curve, [1] public }`.
fn sec1(pair: &EcdsaKeypair) -> Result<Zeroizing<String>, pem::Error> {
    let curve: &[u8] = match pair.curve() {
        EcdsaCurve::NistP256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        EcdsaCurve::NistP384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
        EcdsaCurve::NistP521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
    };
    // A bit string begins with the number of bits that its last byte lacks.
    let public = tlv(0x03, &[&[0], pair.public_key_bytes()].concat());
    let parts =
        [tlv(0x02, &[1]), tlv(0x04, pair.private_key_bytes()), tlv(0xa0, &tlv(0x06, curve)), tlv(0xa1, &public)];
    let parts = Zeroizing::new(parts.concat());
    let der = Zeroizing::new(tlv(0x30, &parts));
    pem::encode_string("EC PRIVATE KEY", LineEnding::LF, &der).map(Zeroizing::new)
}

/// A value of DER, up to 65535 bytes.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(contents.len()).expect("the largest curve needs some hundred bytes").to_be_bytes();
    let head: &[u8] = match (high, low) {
        (0, 0..0x80) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [head, contents].concat()
}
