//! What building and tests use, and its installation where that is ours to do: on Debian, as root.
//!
//! Nothing here fails the run: a test whose program is missing says so itself, and OpenSSL is built where it is missing.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use crate::cargo;

/// Programs, by name or by path, and the Debian packages that bring them.
const NEEDS: [(&str, &str); 21] = [
    // Reads our scripts for hosts.
    ("shellcheck", "shellcheck"),
    ("dash", "dash"),
    // Read the keys that we make.
    ("ssh-keygen", "openssh-client"),
    ("openssl", "openssl"),
    // A keyring of the desktop, on a bus of its own.
    ("dbus-run-session", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    // A host on loopback, and becoming root there.
    ("sshd", "openssh-server"),
    ("sudo", "sudo"),
    // What hosts are assumed to have.
    ("python3", "python3"),
    ("ps", "procps"),
    // Boot real machines.
    ("systemd-nspawn", "systemd-container"),
    ("mmdebstrap", "mmdebstrap"),
    ("zstd", "zstd"),
    // Fedora's package manager, and what makes packages and a repository for it.
    ("dnf", "dnf"),
    ("/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py", "dnf-plugins-core"),
    ("rpmbuild", "rpm"),
    ("createrepo_c", "createrepo-c"),
    // A server whose configuration is managed; it brings its client.
    ("redis-server", "redis-server"),
    // What the application of `examples/ha-python` runs on; the first brings no program.
    ("/var/lib/dpkg/info/python3-venv.list", "python3-venv"),
    ("pg_ctlcluster", "postgresql"),
    ("pgbouncer", "pgbouncer"),
];

/// Installs what building goes faster with, and says what it does.
pub(crate) fn install_to_build() {
    if !cargo::has_openssl() {
        install(&["libssl-dev", "pkg-config"], "without them OpenSSL is built as well, which takes some minutes");
    }
}

/// Installs what tests use and is missing, and says what it does.
pub(crate) fn install_to_test() {
    install_to_build();
    install(&packages(is_installed), "without them some tests are skipped");
}

fn install(packages: &[&str], without: &str) {
    if packages.is_empty() {
        return;
    }
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let is_debian = std::fs::read_to_string("/etc/os-release").is_ok_and(|release| is_debian(&release));
    if !is_root || !is_debian {
        eprintln!("xtask: missing, as Debian calls it: {}; {without}", packages.join(" "));
        return;
    }
    eprintln!("xtask: installing {}", packages.join(" "));
    let apt = |arguments: &[&str]| {
        let status = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
        status.is_ok_and(|status| status.success())
    };
    // Old lists name packages that the mirror has replaced; an error here shows in what follows.
    apt(&["update", "-q"]);
    // One by one: a package that cannot be had must not keep the others away.
    for package in packages {
        if !apt(&["install", "-q", "-y", "--no-install-recommends", package]) {
            eprintln!("xtask: {package} cannot be installed; {without}");
        }
    }
}

/// The packages of the programs that are missing.
fn packages(is_installed: impl Fn(&str) -> bool) -> Vec<&'static str> {
    NEEDS.iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| *package).collect()
}

pub(crate) fn is_installed(program: &str) -> bool {
    find(program).is_some()
}

/// Where a program is, if it is installed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Not on everybody's path.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|program| program.is_file())
}

/// Whether `/etc/os-release` speaks of Debian or of what is made from it.
fn is_debian(release: &str) -> bool {
    let values = release.lines().filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")));
    values.flat_map(|value| value.trim_matches('"').split(' ')).any(|name| name == "debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        assert!(packages(|_| true).is_empty());
        assert_eq!(packages(|program| !matches!(program, "ssh-keygen" | "ps")), ["openssh-client", "procps"]);
    }

    #[test]
    fn debian_is_told_by_its_name_or_its_descent() {
        for (release, expected) in [
            ("NAME=\"Debian GNU/Linux\"\nID=debian\n", true),
            ("ID=ubuntu\nID_LIKE=debian\n", true),
            ("ID=\"mint\"\nID_LIKE=\"ubuntu debian\"\n", true),
            ("ID=fedora\nNAME=debian\n", false),
            ("", false),
        ] {
            assert_eq!(is_debian(release), expected, "{release}");
        }
    }
}
