//! Logging in: one identity after another, until the host lets us in.

use std::path::Path;

use ssh2::ErrorCode;
use ssh2::KeyboardInteractivePrompt;
use ssh2::Prompt;
use ssh2::Session;

use super::Hidden;
use super::Surroundings;
use super::error::SshError;
use super::identity::Identity;
use super::identity::Key;
use super::identity::identities;
use super::route::Hop;

/// How many keys of an agent are offered: a host ends the connection after six attempts.
const OF_AGENT: usize = 5;

/// What came of one attempt.
enum Attempt {
    In,
    /// Not with this; what it was, in words.
    Out(String),
}

/// Logs in, with whatever the hop says or the user has.
pub(super) fn log_in(session: &Session, hop: &Hop, around: &Surroundings) -> Result<(), SshError> {
    let methods = match session.auth_methods(&hop.user) {
        Ok(methods) => methods.to_owned(),
        Err(error) => return Err(handshake(hop, &error)),
    };
    let mut offered = Vec::new();
    // Without a question: the host lets everybody in.
    if session.authenticated() {
        return Ok(());
    }
    for identity in identities(hop, around)? {
        let result = match identity {
            Identity::Key(key) if methods.contains("publickey") => with_key(session, hop, around, &key),
            Identity::Agent(socket) if methods.contains("publickey") => with_agent(session, hop, &socket),
            Identity::Password(password) => with_password(session, hop, &methods, &password),
            Identity::Key(Key { name, .. }) => Ok(Attempt::Out(format!("{name} (it takes no keys)"))),
            Identity::Agent(_) => continue,
        };
        match result {
            Ok(Attempt::In) => return Ok(()),
            Ok(Attempt::Out(what)) => offered.push(what),
            // It has had enough of us.
            Err(SshError::Handshake { .. }) if !offered.is_empty() => {
                offered.push("no more, as it ended the connection".to_owned());
                break;
            }
            Err(error) => return Err(error),
        }
    }
    let offered = match offered.is_empty() {
        true => "nothing: there is no agent and no key in ~/.ssh, and none was given".to_owned(),
        false => offered.join(", "),
    };
    let methods = if methods.is_empty() { "nothing".to_owned() } else { methods.replace(',', ", ") };
    Err(SshError::NotLetIn { user: hop.user.clone(), methods, offered })
}

fn with_key(session: &Session, hop: &Hop, around: &Surroundings, key: &Key) -> Result<Attempt, SshError> {
    let (text, passphrase) = match key.is_encrypted {
        false => (key.text.clone(), None),
        true => match around.unlock(&key.name, &key.text, hop.login.passphrase.as_ref()) {
            Ok(unlocked) => (unlocked.text, unlocked.passphrase),
            Err(why) if key.is_given => return Err(SshError::Key(why)),
            Err(why) => return Ok(Attempt::Out(format!("nothing of {} ({why})", key.name))),
        },
    };
    let passphrase = passphrase.as_ref().map(Hidden::reveal);
    let certificate = key.certificate.as_deref();
    let result = session.userauth_pubkey_memory(&hop.user, certificate, text.reveal(), passphrase);
    let name = match &key.certificate {
        Some(_) => format!("{} with its certificate", key.name),
        None => key.name.clone(),
    };
    match result {
        Ok(()) => Ok(Attempt::In),
        Err(error) => match refusal(hop, &error)? {
            Refusal::NotLetIn => Ok(Attempt::Out(name)),
            Refusal::Unreadable if key.is_given => Err(SshError::Key(format!(
                "{name} cannot be used as a private key ({}). It must be the whole text of the file",
                error.message()
            ))),
            Refusal::Unreadable => Ok(Attempt::Out(format!("{name} (unusable: {})", error.message()))),
        },
    }
}

fn with_agent(session: &Session, hop: &Hop, socket: &Path) -> Result<Attempt, SshError> {
    let mut agent = session.agent().map_err(|error| handshake(hop, &error))?;
    let listed = agent.set_identity_path(socket).and_then(|()| agent.connect()).and_then(|()| agent.list_identities());
    let keys = match listed.and_then(|()| agent.identities()) {
        Ok(keys) if keys.is_empty() => return Ok(Attempt::Out("an agent without keys".to_owned())),
        Ok(keys) => keys,
        Err(error) if hop.login.agent == Some(true) => {
            let what = format!("the agent at {} does not answer ({})", socket.display(), error.message());
            return Err(SshError::Key(what));
        }
        Err(_) => return Ok(Attempt::Out("an agent that does not answer".to_owned())),
    };
    let mut offered = Vec::new();
    for key in keys.iter().take(OF_AGENT) {
        match agent.userauth(&hop.user, key) {
            Ok(()) => return Ok(Attempt::In),
            Err(error) => _ = refusal(hop, &error)?,
        }
        offered.push(format!("the agent's `{}`", key.comment()));
    }
    if keys.len() > OF_AGENT {
        offered.push(format!("not the other {} that the agent has, as hosts do not try more", keys.len() - OF_AGENT));
    }
    Ok(Attempt::Out(offered.join(", ")))
}

fn with_password(session: &Session, hop: &Hop, methods: &str, password: &Hidden) -> Result<Attempt, SshError> {
    let result = match (methods.contains("password"), methods.contains("keyboard-interactive")) {
        (true, _) => session.userauth_password(&hop.user, password.reveal()),
        (false, true) => session.userauth_keyboard_interactive(&hop.user, &mut Answer(password)),
        (false, false) => return Ok(Attempt::Out("a password (it takes none)".to_owned())),
    };
    match result {
        Ok(()) => Ok(Attempt::In),
        Err(error) => refusal(hop, &error).map(|_| Attempt::Out("a password".to_owned())),
    }
}

/// Answers what is not to be seen while it is typed: that asks for the password.
struct Answer<'a>(&'a Hidden);

impl KeyboardInteractivePrompt for Answer<'_> {
    fn prompt(&mut self, _: &str, _: &str, prompts: &[Prompt<'_>]) -> Vec<String> {
        let answer = |prompt: &Prompt<'_>| if prompt.echo { String::new() } else { self.0.reveal().to_owned() };
        prompts.iter().map(answer).collect()
    }
}

/// Why one identity was no use.
enum Refusal {
    /// The host said no.
    NotLetIn,
    /// It never got so far.
    Unreadable,
}

/// An error of one attempt: a refusal, or the connection's own end.
fn refusal(hop: &Hop, error: &ssh2::Error) -> Result<Refusal, SshError> {
    match error.code() {
        // The numbers of libssh2: authentication failed, public key unverified.
        ErrorCode::Session(-18 | -19) => Ok(Refusal::NotLetIn),
        // File, method not supported, invalid, agent, key file, algorithm.
        ErrorCode::Session(-16 | -33 | -34 | -42 | -48 | -51) => Ok(Refusal::Unreadable),
        _ => Err(handshake(hop, error)),
    }
}

pub(super) fn handshake(hop: &Hop, error: &ssh2::Error) -> SshError {
    SshError::Handshake { host: hop.host.clone(), port: hop.port, message: error.message().to_owned() }
}
