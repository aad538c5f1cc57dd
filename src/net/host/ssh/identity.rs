//! What to log in with, in which order.

use std::path::Path;
use std::path::PathBuf;

use super::Hidden;
use super::Surroundings;
use super::error::SshError;
use super::route::Hop;
use super::unlock::is_encrypted;

/// The keys that OpenSSH offers by itself.
const USUAL: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// One thing to log in with.
#[derive(Debug)]
pub(super) enum Identity {
    /// A private key.
    Key(Key),
    /// Whatever the agent has.
    Agent(PathBuf),
    /// A password.
    Password(Hidden),
}

/// A private key.
#[derive(Debug)]
pub(super) struct Key {
    /// For messages.
    pub(super) name: String,
    pub(super) text: Hidden,
    pub(super) certificate: Option<String>,
    pub(super) is_encrypted: bool,
    /// Whether it is the one that the configuration gives: then it must be usable.
    pub(super) is_given: bool,
}

/// All that there is for a hop. What somebody must be asked for goes last.
pub(super) fn identities(hop: &Hop, around: &Surroundings) -> Result<Vec<Identity>, SshError> {
    let login = &hop.login;
    let agent = match (login.agent, &around.agent) {
        (Some(false), _) => None,
        (Some(true), None) => {
            let what =
                "`agent = true` needs an agent, and SSH_AUTH_SOCK names none. Start one, or give a `private_key`";
            return Err(SshError::Key(what.to_owned()));
        }
        (Some(true), agent) => agent.clone(),
        (None, agent) => agent.clone().filter(|_| login.private_key.is_none()),
    };
    let mut keys = Vec::new();
    if let Some(text) = &login.private_key {
        let is_encrypted = is_encrypted(text.reveal());
        let (name, certificate) = ("its `private_key`".to_owned(), login.certificate.clone());
        keys.push(Key { name, text: text.clone(), certificate, is_encrypted, is_given: true });
    } else if hop.identity_files.is_empty() {
        keys.extend(USUAL.iter().filter_map(|name| file(&around.of_ssh(name)?, around)));
    } else {
        keys.extend(hop.identity_files.iter().filter_map(|path| file(path, around)));
    }
    let (locked, open): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| key.is_encrypted);
    let mut identities = Vec::new();
    let is_chosen = login.private_key.is_some() || !hop.identity_files.is_empty();
    let agent = agent.map(Identity::Agent);
    let open = open.into_iter().map(Identity::Key);
    match is_chosen {
        true => identities.extend(open.chain(agent)),
        false => identities.extend(agent.into_iter().chain(open)),
    }
    identities.extend(locked.into_iter().map(Identity::Key));
    identities.extend(login.password.clone().map(Identity::Password));
    Ok(identities)
}

/// A key in a file, with the certificate beside it; files that are not there, or not ours to read, are passed over.
fn file(path: &Path, around: &Surroundings) -> Option<Key> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut beside = path.as_os_str().to_owned();
    beside.push("-cert.pub");
    let certificate = std::fs::read_to_string(beside).ok().map(|text| text.trim().to_owned());
    let (name, is_encrypted) = (around.told(path), is_encrypted(&text));
    Some(Key { name, text: Hidden::new(text), certificate, is_encrypted, is_given: false })
}
