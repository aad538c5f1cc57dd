//! The same application on a real machine: `infra apply` over SSH, with packages by apt, the environment by pip, the
//! migration, Redis, and the unit under systemd.
//!
//! The machine has no network: packages are on it, and Postgres listens in its network from outside.

#[path = "../../../src/providers/host/tests/lab/machine.rs"]
mod nspawn;
#[path = "../../../src/providers/host/tests/lab/roots.rs"]
mod roots;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use sha2::Digest;
use sha2::Sha256;
use tempfile::TempDir;

use super::PASSWORD;
use super::postgres;
use super::postgres::Network;
use super::postgres::Pair;
use super::process;
use super::python;
use super::until;
use crate::tier::tier;

const MAIN: &str = include_str!("../../../examples/ha-python/app/main.py");
/// What the modules install, and what comes with it.
const PACKAGES: &str = "python3-venv postgresql-client redis-server";
/// Fetches them, by the machine's own apt and Python: which packages are needed depends on their versions.
const FETCH: &str = r#"
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --download-only install $PACKAGES
mkdir /supplies
cp /var/cache/apt/archives/*.deb /supplies
apt-get -q -y install --no-install-recommends python3-venv
python3 -m venv /venv
/venv/bin/pip download --quiet --disable-pip-version-check --only-binary=:all: -r /requirements.txt -d /supplies
"#;
/// Has apt and pip know the packages that lie on the machine, and nothing else.
const OFFLINE: &str = r#"
set -e
cd /srv/supplies
for file in *.deb; do
    dpkg-deb -f "$file"
    printf 'Filename: ./%s\nSize: %s\n' "$file" "$(stat -c %s "$file")"
    printf 'SHA256: %s\n\n' "$(sha256sum "$file" | cut -d ' ' -f 1)"
done >Packages
rm -f /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/supplies ./' >/etc/apt/sources.list
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/lab
printf '[global]\nno-index = true\nfind-links = /srv/supplies\n' >/etc/pip.conf
"#;

static MAKING: Mutex<()> = Mutex::new(());

struct Stage {
    folder: TempDir,
    machine: nspawn::Machine,
    pair: Pair,
    /// The machine's files.
    _root: TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.machine.end();
    }
}

/// The packages for the machine, made once and kept below `target`; or why they cannot be had.
fn supplies() -> Result<PathBuf, String> {
    let _making = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let recipe = [PACKAGES.as_bytes(), &fs::read(python::requirements()).unwrap()].concat();
    let name = format!("supplies-{}", &hex::encode(Sha256::digest(recipe))[..12]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab").join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    let root = roots::unpacked()?;
    // To fetch from within needs a resolver, and nothing else of ours.
    fs::copy("/etc/resolv.conf", root.path().join("etc/resolv.conf")).map_err(|error| error.to_string())?;
    fs::copy(python::requirements(), root.path().join("requirements.txt")).map_err(|error| error.to_string())?;
    let mut fetch = Command::new("chroot");
    fetch.arg(root.path()).args(["/bin/sh", "-c", FETCH]).env("PACKAGES", PACKAGES);
    // Where whoever runs this trusts others than Debian does.
    let trusted = Path::new("/etc/ssl/certs/ca-certificates.crt");
    if trusted.is_file() {
        fs::copy(trusted, root.path().join("trusted.crt")).map_err(|error| error.to_string())?;
        fetch.env("REQUESTS_CA_BUNDLE", "/trusted.crt").env("PIP_CERT", "/trusted.crt");
    }
    python::succeeds(&mut fetch)?;
    let fresh = folder.with_extension("fresh");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh).unwrap();
    for entry in fs::read_dir(root.path().join("supplies")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), fresh.join(entry.file_name())).unwrap();
    }
    fs::rename(&fresh, &folder).unwrap();
    Ok(folder)
}

/// What is there before a machine is booted; or why there can be none.
fn footing() -> Result<(PathBuf, PathBuf, TempDir), String> {
    if let Some(program) = ["psql", "openssl", "ssh-keygen"].into_iter().find(|name| !process::is_installed(name)) {
        return Err(format!("{program} is not installed"));
    }
    let programs = postgres::programs()?;
    let root = roots::unpacked()?;
    Ok((programs, supplies()?, root))
}

impl Stage {
    fn set() -> Option<Self> {
        let booted = footing().and_then(|(programs, supplies, root)| {
            let on_it = root.path().join("srv/supplies");
            fs::create_dir(&on_it).unwrap();
            for entry in fs::read_dir(supplies).unwrap().map(Result::unwrap) {
                fs::copy(entry.path(), on_it.join(entry.file_name())).unwrap();
            }
            let folder = process::open_folder();
            let mut generate = Command::new("ssh-keygen");
            generate.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.path().join("key"));
            assert!(generate.status().unwrap().success());
            let keys = root.path().join("root/.ssh");
            fs::create_dir_all(&keys).unwrap();
            fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
            fs::copy(folder.path().join("key.pub"), keys.join("authorized_keys")).unwrap();
            Ok((nspawn::Machine::boot(root.path())?, programs, root, folder))
        });
        tier("python service on a machine", booted.as_ref().err().map(String::as_str));
        let (machine, programs, root, folder) = booted.ok()?;
        let pair = Pair::start(&programs, folder.path(), Network::Of(machine.first));
        let stage = Self { folder, machine, pair, _root: root };
        stage.sh(OFFLINE);
        until("the machine lets us in", || stage.sh("systemctl is-active ssh || :") == "active");
        stage.configure();
        Some(stage)
    }

    /// What is run on the machine must end well.
    fn sh(&self, line: &str) -> String {
        let output = self.machine.command(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        assert!(output.status.success(), "{line}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn property(&self, unit: &str, name: &str) -> String {
        self.sh(&format!("systemctl show --value -p {name} {unit}"))
    }

    fn stack(&self) -> PathBuf {
        self.folder.path().join("a/stack")
    }

    fn configure(&self) {
        fs::create_dir_all(self.stack()).unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["modules", "examples"] {
            std::os::unix::fs::symlink(repository.join(name), self.folder.path().join(name)).unwrap();
        }
        let text = format!(
            r#"
resource "host_machine" "a" {{
  host_key = "{host_key}"

  connection {{
    address     = "127.0.0.1"
    user        = "root"
    private_key = file("../../key")
  }}
}}

module "cache" {{
  source      = "../../modules/redis-cache"
  name        = "cache"
  mode        = "host"
  region      = null
  vpc_id      = null
  trusted_tag = null
  machine     = host_machine.a
  address     = "127.0.0.2"
}}

module "service" {{
  source       = "../../modules/python-service"
  name         = "visits"
  machines     = {{ a = host_machine.a }}
  vcpus        = {{ a = 1 }}
  requirements = file("../../examples/ha-python/app/requirements.txt")
  migration    = file("../../examples/ha-python/app/migrate.sql")
  admin_url    = "{admin}"
  shared       = {{ DATABASE_POOL_READ = 10 }}
  files        = {{ "main.py" = file("main.py") }}
  environment = {{
    DATABASE_URL_WRITE = "{write}"
    DATABASE_URL_READ  = "{read}"
    REDIS_URL          = module.cache.url
  }}
}}
"#,
            host_key = self.sh("cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub"),
            admin = self.pair.primary.url("admin", PASSWORD, "app"),
            write = self.pair.primary.url("app", "app", "app"),
            read = self.pair.replica.url("app", "app", "app"),
        );
        fs::write(self.stack().join("main.infra.hcl"), text).unwrap();
        self.program(MAIN);
    }

    /// The application's text.
    fn program(&self, text: &str) {
        fs::write(self.stack().join("main.py"), text).unwrap();
    }

    /// Runs `infra` in the machine's network, where it reaches the machine's sshd; it must end so.
    fn infra(&self, arguments: &[&str], code: i32) -> String {
        let mut command = Network::Of(self.machine.first).command(env!("CARGO_BIN_EXE_infra"));
        command.args(arguments).current_dir(self.stack()).env("HOME", self.folder.path());
        let output = command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("SSH_AUTH_SOCK").output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
        said
    }

    fn answer(&self, path: &str) -> String {
        self.sh(&format!("curl -s -S -w ' %{{http_code}}' http://127.0.0.1:8000{path}"))
    }
}

#[test]
fn the_modules_make_a_service_of_a_bare_machine() {
    let Some(stage) = Stage::set() else { return };
    stage.infra(&["apply", "-auto-approve"], 0);
    assert_eq!(stage.answer("/healthz"), "{\"status\":\"ok\"} 200");
    until("the replica has counted", || stage.answer("/").contains("\"from\":\"cache\"} 200"));
    assert_eq!(
        stage.pair.primary.ask(&stage.pair.primary.url("app", "app", "app"), "SELECT count(*) > 0 FROM visits"),
        Ok("t".to_owned())
    );

    // As whom, with what, and what may be seen of it.
    assert_eq!(
        stage.sh("stat -c '%U %a' /etc/visits.env /srv/visits /srv/visits/main.py"),
        "root 600\nroot 755\nroot 644"
    );
    let first = stage.property("visits", "MainPID");
    assert_eq!(stage.sh(&format!("stat -c %U /proc/{first}")), "visits");
    for (name, value) in
        [("Type", "notify"), ("Restart", "always"), ("ProtectSystem", "strict"), ("NoNewPrivileges", "yes")]
    {
        assert_eq!(stage.property("visits", name), value, "{name}");
    }
    assert_eq!(
        stage.sh("systemctl is-enabled visits redis-server; systemctl is-system-running"),
        "enabled\nenabled\nrunning"
    );
    assert_eq!(stage.sh("ls /usr/sbin/policy-rc.d /srv/visits/.cache 2>/dev/null || :"), "");

    let said = stage.infra(&["plan", "-detailed-exitcode"], 0);
    assert!(said.contains("No changes."), "{said}");
    stage.infra(&["drift", "-detailed-exitcode"], 0);

    // One that cannot even be imported does not stay.
    stage.program(&format!("{MAIN}\nraise RuntimeError(\"it cannot be imported\")\n"));
    let said = stage.infra(&["apply", "-auto-approve"], 1);
    assert!(said.contains("The last lines of its journal:") && said.contains("it cannot be imported"), "{said}");
    assert_eq!(stage.answer("/healthz"), "{\"status\":\"ok\"} 200");
    assert_eq!(stage.sh("cat /srv/visits/main.py"), MAIN.trim());
    stage.infra(&["plan", "-detailed-exitcode"], 2);

    stage.program(&MAIN.replace("\"from\"", "\"out of\""));
    stage.infra(&["apply", "-auto-approve"], 0);
    assert!(stage.answer("/").contains("\"out of\":"));
    assert_ne!(stage.property("visits", "MainPID"), first);

    stage.infra(&["destroy", "-auto-approve"], 0);
    assert_eq!(stage.sh("ls -d /srv/visits /etc/visits.env /etc/systemd/system/visits.service 2>/dev/null || :"), "");
    assert_eq!(
        stage.sh("systemctl is-active visits redis-server || :; systemctl is-system-running"),
        "inactive\ninactive\nrunning"
    );
}
