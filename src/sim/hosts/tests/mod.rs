mod accounts;
mod packages;
mod redis;
mod units;

use std::process::Command;

use super::*;

struct Host {
    _dir: tempfile::TempDir,
    place: HostRoot,
}

impl Host {
    fn new() -> Host {
        let dir = tempfile::tempdir().unwrap();
        let hosts = Hosts::open(dir.path().to_owned(), HashSet::new()).unwrap();
        let place = hosts.root(&machine(1)).unwrap();
        Host { _dir: dir, place }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.place.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn unit(&self, name: &str, text: &str) {
        self.write(&format!("etc/systemd/system/{name}"), text);
    }

    /// Runs a line as a host's scripts are run; gives the exit status and both outputs.
    fn sh(&self, line: &str) -> (i32, String, String) {
        let path = format!("{}:{}", self.place.bin.display(), std::env::var("PATH").unwrap());
        let run = Command::new("sh")
            .args(["-c", line])
            .env("INFRA_ROOT", &self.place.root)
            .env("PATH", path)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (run.status.code().unwrap(), text(run.stdout), text(run.stderr))
    }

    fn show(&self, unit: &str, properties: &str) -> String {
        let (code, out, err) = self.sh(&format!("systemctl show {unit} -p {properties}"));
        assert_eq!((code, err.as_str()), (0, ""));
        let mut lines: Vec<&str> = out.lines().collect();
        lines.sort_unstable();
        lines.join(" ")
    }
}

fn machine(boots: u32) -> Machine {
    Machine { folder: "web-1".to_owned(), name: "web".to_owned(), boots }
}

const WEB: &str = "[Unit]\nDescription=Web\n[Service]\nType=notify\nExecStart=/bin/sleep 9\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn enabled_units_come_up_with_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = Hosts::open(dir.path().to_owned(), HashSet::new()).unwrap();
    let host = Host { place: hosts.root(&machine(1)).unwrap(), _dir: dir };
    host.unit("web.service", WEB);
    host.unit("other.service", &WEB.replace("multi-user", "rescue"));
    host.sh("systemctl enable web; systemctl start web other");
    let before = host.show("web", "InvocationID");
    assert_eq!(hosts.root(&machine(1)).unwrap(), host.place);
    assert_eq!(host.show("web", "InvocationID"), before, "the same run of the machine");
    hosts.root(&machine(2)).unwrap();
    assert_eq!(host.sh("systemctl is-active web other").1, "active\ninactive\n");
    assert_ne!(host.show("web", "InvocationID"), before);
    assert_eq!(fs::read_to_string(host.place.root.join("etc/hostname")).unwrap(), "web\n");
}

#[test]
fn folders_of_machines_that_are_no_more_are_swept() {
    let dir = tempfile::tempdir().unwrap();
    let open = |live: &[&str]| {
        Hosts::open(dir.path().to_owned(), live.iter().map(|name| (*name).to_owned()).collect()).unwrap()
    };
    let root = open(&[]).root(&machine(1)).unwrap().root;
    open(&["web-1"]);
    assert!(root.is_dir());
    open(&["web-2"]);
    assert!(!root.exists());
}

#[test]
fn the_programs_please_shellcheck() {
    let host = Host::new();
    for (name, _) in PROGRAMS {
        let path = host.place.bin.join(name);
        match Command::new("shellcheck").args(["-s", "sh"]).arg(&path).output() {
            Ok(run) => {
                crate::diag::tier("shellcheck", None);
                assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
            }
            Err(_) => crate::diag::tier("shellcheck", Some("shellcheck is not installed")),
        }
    }
}
