//! The packages of the application, made once for each text of its `requirements.txt` and kept below `target`.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use sha2::Digest;
use sha2::Sha256;

static MAKING: Mutex<()> = Mutex::new(());

pub(super) fn requirements() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ha-python/app/requirements.txt")
}

/// A virtual environment that has them; or why there is none.
pub(super) fn environment() -> Result<PathBuf, String> {
    let _making = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let digest = hex::encode(Sha256::digest(fs::read(requirements()).unwrap()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python").join(&digest[..12]);
    // It is written last; a virtual environment cannot be moved into its place.
    let whole = folder.join("whole");
    if !whole.is_file() {
        let _ = fs::remove_dir_all(&folder);
        succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut install = Command::new(folder.join("bin/pip"));
        install.args(["install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements());
        succeeds(&mut install)?;
        fs::write(&whole, "").unwrap();
    }
    Ok(folder)
}

pub(super) fn succeeds(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().lines().last().unwrap_or("it does not say why").to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program} fails: {said}")) }
}
