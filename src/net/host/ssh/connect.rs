//! From nothing to a session: a connection, the host's key, the login.

use std::io::Error;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::time::Duration;

use ssh2::MethodType;
use ssh2::Session;
use tokio::net::TcpStream;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::Surroundings;
use super::auth::handshake;
use super::auth::log_in;
use super::error::SshError;
use super::key::HostKey;
use super::route::Hop;

/// What is still good, in the order of our liking; what libssh2 does not have of it is passed over.
const KEX: &str = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,\
                   ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,\
                   diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256";
const CIPHERS: &str = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,\
                       aes128-ctr";
const MACS: &str = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";

/// How long a connection may take, and how long each step of the protocol after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    pub(super) step: Duration,
}

/// A session that is logged in.
pub(super) struct Opened {
    pub(super) session: Session,
    /// What it runs over, to wait for.
    pub(super) socket: OwnedFd,
    /// The key that the host has shown, which is trusted.
    pub(super) shown: HostKey,
}

/// Logs in over a connection. Blocks; runs on the connection's own thread.
pub(super) fn open(hop: &Hop, socket: OwnedFd, around: &Surroundings, limits: Limits) -> Result<Opened, SshError> {
    let unusable = |source: Error| SshError::Connect { host: hop.host.clone(), port: hop.port, source };
    let failed = |error: ssh2::Error| handshake(hop, &error);
    let known = around.known_hosts().of(&hop.host, hop.port);
    let mut session = Session::new().map_err(failed)?;
    session.set_timeout(u32::try_from(limits.step.as_millis()).unwrap_or(u32::MAX));
    for (method, preference) in [
        // Before the handshake: the host shows the one key that we like best of those it has.
        (MethodType::HostKey, hop.trust.preference(&known).as_str()),
        (MethodType::Kex, KEX),
        (MethodType::CryptCs, CIPHERS),
        (MethodType::CryptSc, CIPHERS),
        (MethodType::MacCs, MACS),
        (MethodType::MacSc, MACS),
    ] {
        session.method_pref(method, preference).map_err(failed)?;
    }
    session.set_tcp_stream(socket.try_clone().map_err(unusable)?);
    session.handshake().map_err(failed)?;
    let shown = session.host_key().and_then(|(blob, _)| HostKey::of_blob(blob));
    let shown = shown.ok_or_else(|| SshError::Unusable("it shows no host key that could be read".to_owned()))?;
    let result = match hop.trust.judge(&hop.host, hop.port, &shown, &known) {
        Ok(()) => log_in(&session, hop, around),
        Err(distrust) => Err(distrust.into()),
    };
    if let Err(error) = result {
        let _ = session.disconnect(None, "Bye", None);
        return Err(error);
    }
    Ok(Opened { session, socket, shown })
}

/// A TCP connection to the first of a host's addresses that takes one.
pub(super) async fn dial(hop: &Hop, limit: Duration) -> Result<OwnedFd, SshError> {
    let name = |source| SshError::Name { host: hop.host.clone(), source };
    let mut last = Error::from(ErrorKind::NotFound);
    for address in lookup_host((hop.host.as_str(), hop.port)).await.map_err(name)? {
        let connected = timeout(limit, TcpStream::connect(address)).await;
        match connected.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())).and_then(blocking) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(SshError::Connect { host: hop.host.clone(), port: hop.port, source: last })
}

fn blocking(stream: TcpStream) -> std::io::Result<OwnedFd> {
    // Small packets go back and forth; without this each waits for the last one's receipt.
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream.into())
}
