//! An sshd on loopback, whose scripts work below a folder of its own.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::needs;

/// A server, with the key that lets in. Ends with its handle.
pub(super) struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    /// Starts one; `None` where there is no sshd.
    pub(super) fn start(folder: &Path) -> io::Result<Option<Self>> {
        let Some(program) = needs::find("sshd") else { return Ok(None) };
        let folder = folder.join("sshd");
        for name in ["root/etc", "root/srv"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let at = |name: &str| folder.join(name).display().to_string();
        for key in ["host", "client"] {
            let mut command = Command::new("ssh-keygen");
            command.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(folder.join(key));
            if !command.status()?.success() {
                return Err(io::Error::other("ssh-keygen makes no key"));
            }
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nUsePAM no\nStrictModes no\n\
             PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nAuthorizedKeysFile {}\n\
             SetEnv INFRA_ROOT={}\n",
            at("host"),
            at("client.pub"),
            at("root")
        );
        fs::write(folder.join("config"), config)?;
        if is_root()? {
            fs::create_dir_all("/run/sshd")?;
        }
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(folder.join("config")).stdin(Stdio::null()).stderr(Stdio::null());
        let mut server = Self { child: command.spawn()?, port, folder };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if since.elapsed() > Duration::from_secs(10) || server.child.try_wait()?.is_some() {
                return Err(io::Error::other("sshd does not come up"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(server))
    }

    /// What a `connection` block says of it.
    pub(super) fn connection(&self) -> io::Result<String> {
        let (user, key) = (user()?, self.folder.join("client"));
        Ok(format!(
            "address     = \"127.0.0.1\"\n    port        = {}\n    user        = \"{user}\"\n    \
             private_key = file(\"{}\")",
            self.port,
            key.display(),
        ))
    }

    /// The file of the key that it shows.
    pub(super) fn key_file(&self) -> String {
        self.folder.join("host.pub").display().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already takes no harm.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn user() -> io::Result<String> {
    let output = Command::new("id").arg("-un").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn is_root() -> io::Result<bool> {
    Ok(user()? == "root")
}
