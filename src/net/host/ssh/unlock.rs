//! Private keys that are encrypted: whether one is, and its plain text once somebody has said the passphrase.

use sha2::Digest;
use sha2::Sha256;
use ssh_key::LineEnding;
use ssh_key::PrivateKey;

use super::Hidden;
use super::Surroundings;

/// Where a passphrase may come from, for runs that nobody watches.
const VARIABLE: &str = "INFRA_SSH_PASSPHRASE";
/// How often somebody may mistype it.
const TRIES: usize = 3;

/// A key that libssh2 can read.
#[derive(Debug, Clone)]
pub(super) struct Unlocked {
    pub(super) text: Hidden,
    /// For what it has to decrypt itself.
    pub(super) passphrase: Option<Hidden>,
}

/// Whether a private key is encrypted.
pub(super) fn is_encrypted(text: &str) -> bool {
    match PrivateKey::from_openssh(text) {
        Ok(key) => key.is_encrypted(),
        // The older formats say so in clear.
        Err(_) => text.contains("ENCRYPTED"),
    }
}

impl Surroundings {
    /// An encrypted key, opened. Without a given passphrase, the environment's is taken, and then the user is asked: once
    /// for each key in a run.
    pub(super) fn unlock(&self, name: &str, text: &Hidden, given: Option<&Hidden>) -> Result<Unlocked, String> {
        let id = hex::encode(Sha256::digest(text.reveal()));
        // Held while somebody is asked: whoever needs the same key meanwhile waits for the answer.
        let mut unlocked = self.unlocked.lock().expect("no holder panics");
        if let Some(known) = unlocked.get(&id) {
            return known.clone();
        }
        let result = self.passphrase_of(name, text, given);
        unlocked.insert(id, result.clone());
        result
    }

    fn passphrase_of(&self, name: &str, text: &Hidden, given: Option<&Hidden>) -> Result<Unlocked, String> {
        let wrong = || format!("the passphrase of {name} is not the right one");
        let environment = || self.credentials.env(&[VARIABLE]).map(|(_, value)| Hidden::new(value));
        if let Some(passphrase) = given.cloned().or_else(environment) {
            return opened(text, passphrase).ok_or_else(wrong);
        }
        for _ in 0..TRIES {
            let Some(passphrase) = self.credentials.passphrase(name) else {
                return Err(format!(
                    "{name} is encrypted, and nobody is there to say its passphrase. Give it as `passphrase` or in \
                     {VARIABLE}, or put the key into an agent (`ssh-add`)"
                ));
            };
            if let Some(unlocked) = opened(text, Hidden::new(passphrase)) {
                return Ok(unlocked);
            }
        }
        Err(wrong())
    }
}

/// A key without its encryption; `None` when the passphrase is wrong. In older formats that shows only later.
fn opened(text: &Hidden, passphrase: Hidden) -> Option<Unlocked> {
    let Ok(key) = PrivateKey::from_openssh(text.reveal()) else {
        return Some(Unlocked { text: text.clone(), passphrase: Some(passphrase) });
    };
    let plain = key.decrypt(passphrase.reveal()).ok()?.to_openssh(LineEnding::LF).ok()?;
    Some(Unlocked { text: Hidden::new(plain.as_str()), passphrase: None })
}
