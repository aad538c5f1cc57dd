//! Sealing: what must not be seen, encrypted for its place.
//!
//! XChaCha20-Poly1305 under the state's key. The nonce is a keyed hash of place and plaintext, so that an unchanged value
//! keeps its text from one snapshot to the next, and a sealed value that was copied to another place does not open.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload;
use hmac::Hmac;
use hmac::Mac as _;
use rand::RngCore as _;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Recipient;
use super::WrapKey;

const NONCE: usize = 24;

/// Seals and opens under one key.
#[derive(Clone)]
pub struct Sealer {
    id: String,
    key: Zeroizing<[u8; 32]>,
    cipher: XChaCha20Poly1305,
    nonces: Zeroizing<[u8; 32]>,
}

/// A sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is sealed with another key.
    #[error("is sealed with key {0}, which is not this state's")]
    OtherKey(String),
    /// The text was changed, or is of another place.
    #[error("does not open: it was changed, or copied from another place")]
    Refused,
}

impl Sealer {
    /// A new key, from the system's randomness.
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rand::rngs::OsRng.fill_bytes(&mut *key);
        Self::new(key)
    }

    pub(super) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        let id = fingerprint(&key);
        let cipher = XChaCha20Poly1305::new((&*derive(&key, b"infra state seal")).into());
        let nonces = derive(&key, b"infra state nonce");
        Self { id, key, cipher, nonces }
    }

    /// The key's fingerprint.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals bytes for a place, as `<key id>.<base64>`.
    pub fn seal(&self, place: &Place, plain: &[u8]) -> String {
        let place = place.to_bytes();
        let nonce = self.nonce(&place, plain);
        let payload = Payload { msg: plain, aad: &place };
        let sealed = self.cipher.encrypt(&nonce, payload).expect("values are far smaller than the cipher's limit");
        let mut text = String::with_capacity(self.id.len() + 1 + (NONCE + sealed.len()).div_ceil(3) * 4);
        text.push_str(&self.id);
        text.push('.');
        BASE64.encode_string([nonce.as_slice(), &sealed].concat(), &mut text);
        text
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: &Place, text: &str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (id, sealed) = text.split_once('.').ok_or(OpenError::Refused)?;
        if id != self.id {
            return Err(OpenError::OtherKey(id.to_owned()));
        }
        let bytes = BASE64.decode(sealed).map_err(|_| OpenError::Refused)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(OpenError::Refused)?;
        let payload = Payload { msg: sealed, aad: &place.to_bytes() };
        let plain = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| OpenError::Refused)?;
        Ok(Zeroizing::new(plain))
    }

    /// The key, sealed for who holds a wrapping key.
    pub fn wrap(&self, wrapping: &WrapKey) -> Recipient {
        let outer = Sealer::new(wrapping.bytes().clone());
        let place = Place::of_key(&self.id);
        Recipient { kind: wrapping.kind(), id: outer.id.clone(), wrapped: outer.seal(&place, &*self.key) }
    }

    /// The key that was sealed by [`Sealer::wrap`].
    pub fn unwrap(id: &str, recipient: &Recipient, wrapping: &WrapKey) -> Result<Self, OpenError> {
        let outer = Sealer::new(wrapping.bytes().clone());
        let plain = outer.open(&Place::of_key(id), &recipient.wrapped)?;
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| OpenError::Refused)?;
        Ok(Self::new(Zeroizing::new(key)))
    }

    fn nonce(&self, place: &[u8], plain: &[u8]) -> XNonce {
        let mut mac = keyed(&self.nonces);
        mac.update(&(place.len() as u64).to_le_bytes());
        mac.update(place);
        mac.update(plain);
        *XNonce::from_slice(&mac.finalize().into_bytes()[..NONCE])
    }
}

/// Shows the fingerprint only.
impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sealer").field(&self.id).finish()
    }
}

/// Where a sealed value stands: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The state's lineage.
    pub lineage: &'a str,
    /// The object's address; what else it belongs to.
    pub address: &'a str,
    /// The attribute, and the place inside it.
    pub path: &'a str,
}

impl<'a> Place<'a> {
    fn of_key(id: &'a str) -> Self {
        Self { lineage: "", address: "key", path: id }
    }

    /// The parts with their lengths, so that no two places look alike.
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + self.lineage.len() + self.address.len() + self.path.len());
        for part in [self.lineage, self.address, self.path] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// Eight hexadecimal digits that tell keys apart and say nothing about them.
pub(super) fn fingerprint(key: &[u8; 32]) -> String {
    hex::encode(&derive(key, b"infra key id")[..4])
}

fn derive(key: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed(key);
    mac.update(purpose);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).expect("any length is a key")
}

#[cfg(test)]
mod tests;
