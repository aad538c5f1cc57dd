//! The root file system of the lab's machines: made once from Debian's packages, kept packed below `target`.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use sha2::Digest;
use sha2::Sha256;

const SUITE: &str = "bookworm";
/// Beside what no Debian is without; `curl` looks through gates.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,curl,openssh-server";
/// What would wake up by itself.
const MASKED: [&str; 5] =
    ["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer"];

static MAKING: Mutex<()> = Mutex::new(());

/// A root file system that nobody else uses; or why there is none.
pub(super) fn unpacked() -> Result<tempfile::TempDir, String> {
    if let Some(reason) = lacks(&["systemd-nspawn", "mmdebstrap", "nsenter", "setpriv", "tar", "zstd"]) {
        return Err(reason);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let packed = packed(&folder)?;
    let dir = tempfile::Builder::new().prefix("machine-").tempdir_in(&folder).map_err(|error| error.to_string())?;
    succeeds(Command::new("tar").arg("--zstd").arg("-xf").arg(packed).arg("-C").arg(dir.path()))?;
    let root = dir.path();
    std::fs::write(root.join("etc/machine-id"), "").unwrap();
    std::fs::write(root.join("etc/hostname"), "lab\n").unwrap();
    for unit in MASKED {
        let _ = std::os::unix::fs::symlink("/dev/null", root.join("etc/systemd/system").join(unit));
    }
    Ok(dir)
}

/// What is missing to have a machine or a room of one's own.
pub(super) fn lacks(programs: &[&str]) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root can have machines of its own".to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let missing = programs.iter().find(|program| !is_there(program));
    missing.map(|program| format!("{program} is not installed"))
}

/// The packed file system, made if need be; tests in parallel wait for the one that makes it.
fn packed(folder: &Path) -> Result<PathBuf, String> {
    let _making = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let recipe = hex::encode(Sha256::digest(format!("{SUITE} {PACKAGES}")));
    let packed = folder.join(format!("root-{SUITE}-{}.tar.zst", &recipe[..12]));
    if packed.is_file() {
        return Ok(packed);
    }
    let fresh = folder.join(format!("fresh-{}.tar.zst", std::process::id()));
    let made = succeeds(
        Command::new("mmdebstrap")
            .args([
                "--quiet",
                "--variant=minbase",
                "--dpkgopt=force-unsafe-io",
                &format!("--include={PACKAGES}"),
                SUITE,
            ])
            .arg(&fresh)
            .env("TMPDIR", folder),
    );
    let made = made.and_then(|()| std::fs::rename(&fresh, &packed).map_err(|error| error.to_string()));
    let _ = std::fs::remove_file(&fresh);
    made.map(|()| packed)
}

fn succeeds(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{program} fails: {}", said.trim().lines().last().unwrap_or("it does not say why"))),
    }
}
