//! Hosts over SSH, as the program itself reaches them: a real sshd on loopback, whose scripts work below a private folder.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use super::Folder;

const SSHD: &str = "/usr/sbin/sshd";
/// A service manager for the folder, written for the tests of the scripts.
const BIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers/host/tests/bin");

/// A server and its user's home; the host's files are in `root`.
struct Host {
    folder: Folder,
    port: u16,
    server: Option<Child>,
}

impl Host {
    /// One that is not up yet; `None`, with a word on it, where there is no sshd.
    fn down() -> Option<Self> {
        let is_there = Path::new(SSHD).exists();
        crate::tier::tier("sshd", (!is_there).then_some("/usr/sbin/sshd is not installed"));
        if !is_there {
            return None;
        }
        let folder = Folder::empty();
        for name in [".ssh", "bin", "root/etc/systemd/system", "root/run", "root/opt", "root/var/lib"] {
            fs::create_dir_all(folder.path(name)).unwrap();
        }
        // But for their `sleep`, under which time flies.
        for name in ["systemctl", "systemd-analyze", "journalctl"] {
            fs::copy(Path::new(BIN).join(name), folder.path("bin").join(name)).unwrap();
        }
        for key in ["host", "anew", ".ssh/id_ed25519"] {
            let mut command = Command::new("ssh-keygen");
            command.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(folder.path(key));
            assert!(command.status().unwrap().success());
        }
        fs::copy(folder.path(".ssh/id_ed25519.pub"), folder.path("authorized_keys")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Self { folder, port, server: None })
    }

    fn up() -> Option<Self> {
        let mut host = Self::down()?;
        host.start("host");
        Some(host)
    }

    fn start(&mut self, key: &str) {
        let at = |name: &str| self.folder.path(name).display().to_string();
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel VERBOSE\nAuthorizedKeysFile {}\n\
             SetEnv INFRA_ROOT={} INFRA_BIN={bin} PATH={bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin\n",
            self.port,
            at(key),
            at("authorized_keys"),
            at("root"),
            bin = at("bin")
        );
        self.folder.write("sshd", &config);
        if rustix::process::getuid().is_root() {
            fs::create_dir_all("/run/sshd").unwrap();
        }
        let log = fs::File::create(self.folder.path("sshd.log")).unwrap();
        let mut command = Command::new(SSHD);
        command.args(["-D", "-e", "-f"]).arg(self.folder.path("sshd")).stdin(Stdio::null()).stderr(log);
        self.server = Some(command.spawn().unwrap());
        await_that(|| self.log().contains("Server listening"));
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path("sshd.log")).unwrap_or_default()
    }

    /// How many connections there were and how many commands.
    fn counts(&self) -> (usize, usize) {
        let log = self.log();
        (log.matches("Connection from ").count(), log.matches("Starting session: command").count())
    }

    /// Ends whatever serves connections, and with `all` the server.
    fn kill(&mut self, all: bool) {
        let Some(server) = &mut self.server else { return };
        let mut pending = vec![server.id()];
        while let Some(parent) = pending.pop() {
            let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
            for child in children.split_whitespace() {
                let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
                if name.trim() == "sshd" {
                    pending.push(child.parse().unwrap());
                    let pid = rustix::process::Pid::from_raw(child.parse().unwrap()).unwrap();
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            }
        }
        if all {
            server.kill().unwrap();
            server.wait().unwrap();
            self.server = None;
        }
    }

    /// A machine that was made by `made`, and what is on it.
    fn config(&self, port: u16, more: &str) -> String {
        format!(
            "resource \"terraform_data\" \"made\" {{}}\n\
             resource \"host_machine\" \"it\" {{\n  identity = terraform_data.made.id\n  connection {{\n    \
             address = \"127.0.0.1\"\n    port = {port}\n    user = \"{}\"\n    timeout = \"20s\"\n  }}\n}}\n{more}",
            user()
        )
    }

    fn public(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path(&format!("{name}.pub"))).unwrap().trim().to_owned()
    }

    fn fingerprint(&self, name: &str) -> String {
        let output = Command::new("ssh-keygen").arg("-lf").arg(self.folder.path(&format!("{name}.pub"))).output();
        String::from_utf8(output.unwrap().stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill(true);
    }
}

fn user() -> String {
    String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap().trim().to_owned()
}

fn await_that(is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(20), "it does not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Passes bytes on to a port and counts them: to it, and back.
fn counting(to: u16) -> (u16, Arc<[AtomicUsize; 2]>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let shared = Arc::clone(&counts);
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(("127.0.0.1", to)).unwrap();
            for (at, mut from, mut to) in [(0, near.try_clone().unwrap(), far.try_clone().unwrap()), (1, far, near)] {
                let counts = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let mut piece = [0; 1 << 16];
                    while let Ok(count @ 1..) = from.read(&mut piece) {
                        counts[at].fetch_add(count, Ordering::Relaxed);
                        if to.write_all(&piece[..count]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
    (port, counts)
}

#[test]
fn a_machine_that_was_just_made_is_accepted_once_and_held_to_its_key() {
    let Some(mut host) = Host::up() else { return };
    let file =
        "resource \"host_file\" \"it\" {\n  host = host_machine.it\n  path = \"/etc/motd\"\n  content = \"hi\\n\"\n}\n";
    host.folder.write("main.tf", &host.config(host.port, file));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    assert_eq!(fs::read_to_string(host.folder.path("root/etc/motd")).unwrap(), "hi\n");
    // Creating the machine, and one bundle, over one connection; before, the plan had found a stranger and said nothing to it.
    assert_eq!(host.counts(), (2, 2), "{}", host.log());
    let state = fs::read_to_string(host.folder.path("state/default.json")).unwrap();
    assert!(state.contains(&host.public("host")) && !host.folder.path(".ssh/known_hosts").exists(), "{state}");

    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes"), "{ended}");
    assert_eq!(host.counts(), (3, 3), "one connection and one command: {}", host.log());

    host.kill(true);
    let ended = host.folder.run("plan");
    assert!(ended.contains("exit 0") && ended.contains("Connection refused"), "what was last known stays: {ended}");
    host.start("anew");
    let ended = host.folder.run("plan");
    for part in ["exit 1", &host.fingerprint("host"), &host.fingerprint("anew"), "-replace="] {
        assert!(ended.contains(part), "{part} is not in: {ended}");
    }
    assert!(!host.log().contains("Accepted"), "nothing was sent to it: {}", host.log());
    // Replacing the machine lets go of the key; but now it is not made in the same run, so somebody must vouch for it.
    let ended = host.folder.run("apply -auto-approve -replace=host_machine.it");
    assert!(ended.contains("exit 1"), "{ended}");
}

#[test]
fn a_stranger_is_not_accepted_by_a_run_that_did_not_make_it() {
    let Some(host) = Host::up() else { return };
    host.folder.write("main.tf", &host.config(host.port, "").replace("terraform_data.made.id", "\"known before\""));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 1") && ended.contains(&host.fingerprint("host")), "{ended}");
    let line = format!("[127.0.0.1]:{} {}\n", host.port, host.public("host"));
    host.folder.write(".ssh/known_hosts", &line);
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    // From then on it is held to that key, whatever else is known of the address.
    host.folder.write(".ssh/known_hosts", "");
    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes"), "{ended}");
}

#[test]
fn a_machine_that_boots_is_waited_for_but_not_for_ever() {
    let Some(mut host) = Host::down() else { return };
    host.folder.write("main.tf", &host.config(host.port, ""));
    let mut command = host.folder.command("apply -auto-approve");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    host.start("host");
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // And not for ever.
    host.kill(true);
    host.folder.write("main.tf", &host.config(host.port, "").replace("\"20s\"", "\"3s\""));
    let ended = host.folder.run("apply -auto-approve -replace=host_machine.it");
    assert!(ended.contains("exit 1") && ended.contains("still refusing connections"), "{ended}");
}

/// That a machine is new is remembered until it has been reached, once.
#[test]
fn a_new_machine_that_a_run_gave_up_is_accepted_by_the_next() {
    let Some(mut host) = Host::down() else { return };
    host.folder.write("main.tf", &host.config(host.port, "").replace("\"20s\"", "\"2s\""));
    for _ in 0..2 {
        let ended = host.folder.run("apply -auto-approve");
        assert!(ended.contains("exit 1") && ended.contains("still refusing connections"), "{ended}");
    }
    let state = || fs::read_to_string(host.folder.path("state/default.json")).unwrap();
    assert!(state().contains("\"unmet\": ["), "{}", state());
    host.start("host");
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    let state = fs::read_to_string(host.folder.path("state/default.json")).unwrap();
    assert!(state.contains(&host.public("host")) && !state.contains("unmet"), "{state}");
    // From now on it is a stranger as any other.
    let ended = host.folder.run("apply -auto-approve -replace=host_machine.it");
    assert!(ended.contains("exit 1") && ended.contains(&host.fingerprint("host")), "{ended}");
}

/// What is on a host is as it was, however that is reached.
#[test]
fn another_way_to_a_host_is_no_change_of_what_is_on_it() {
    let Some(mut host) = Host::up() else { return };
    let file =
        "resource \"host_file\" \"it\" {\n  host = host_machine.it\n  path = \"/etc/motd\"\n  content = \"hi\\n\"\n}\n";
    host.folder.write("main.tf", &host.config(host.port, file));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    host.folder.write("main.tf", &host.config(host.port, file).replace("\"20s\"", "\"21s\""));
    let ended = host.folder.run("plan");
    assert!(ended.contains("Plan: 0 to add, 1 to change, 0 to destroy."), "{ended}");
    assert!(ended.contains("# host_machine.it will be updated in-place") && !ended.contains("host_file.it"), "{ended}");
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    // It moves to another port, and what is on it is found there.
    host.kill(true);
    host.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    host.start("host");
    host.folder.write("main.tf", &host.config(host.port, file));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0") && ended.contains("0 added, 1 changed, 0 destroyed"), "{ended}");
    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes") && !ended.contains("could not be read"), "{ended}");
    // Nothing of the configuration tells any more where that is.
    host.folder.write("main.tf", &host.config(host.port, ""));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0") && !host.folder.path("root/etc/motd").exists(), "{ended}");
}

/// A machine that goes is asked to let go of what is on it, as long as it answers.
#[test]
fn a_machine_that_goes_is_not_waited_for() {
    let Some(mut host) = Host::up() else { return };
    let file =
        "resource \"host_file\" \"it\" {\n  host = host_machine.it\n  path = \"/etc/motd\"\n  content = \"hi\\n\"\n}\n";
    host.folder.write("main.tf", &host.config(host.port, file).replace("\"20s\"", "\"10m\""));
    for is_up in [true, false] {
        let ended = host.folder.run("apply -auto-approve");
        assert!(ended.contains("exit 0") && host.folder.path("root/etc/motd").exists(), "{ended}");
        if !is_up {
            host.kill(true);
        }
        let since = Instant::now();
        let ended = host.folder.run("destroy -auto-approve");
        assert!(ended.contains("exit 0") && since.elapsed() < Duration::from_secs(60), "{ended}");
        assert_eq!(host.folder.path("root/etc/motd").exists(), !is_up, "{ended}");
    }
}

/// What breaks is the connection: the transaction on the host goes on, and its receipt tells how it ended.
#[test]
fn a_connection_that_dies_in_a_transaction_is_made_good_by_the_receipt() {
    let Some(mut host) = Host::up() else { return };
    let things = "resource \"host_file\" \"it\" {\n  host = host_machine.it\n  path = \"/etc/app.conf\"\n  \
                  content = \"VERSION=1\\n\"\n}\n\
                  resource \"host_systemd_unit\" \"it\" {\n  host = host_machine.it\n  name = \"app.service\"\n  \
                  text = \"[Service]\\nExecStart=/usr/bin/app\\n\"\n  restart_on = [host_file.it.digest]\n  \
                  gate {\n    command = \"/bin/sleep 2\"\n  }\n}\n";
    host.folder.write("main.tf", &host.config(host.port, things));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    host.folder.write("main.tf", &host.config(host.port, &things.replace("VERSION=1", "VERSION=2")));
    let mut command = host.folder.command("apply -auto-approve");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let receipt = |phase: &str| {
        let receipts = fs::read_dir(host.folder.path("root/var/lib/infra/receipts")).unwrap().flatten();
        receipts
            .filter_map(|entry| fs::read_to_string(entry.path()).ok())
            .any(|text| text.lines().next().is_some_and(|line| line.starts_with("receipt ") && line.ends_with(phase)))
    };
    await_that(|| receipt(" gating"));
    host.kill(false);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("the answer was lost"), "{said}");
    // The next run waits for its end and takes that for what it is.
    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes"), "{ended}");
    assert_eq!(fs::read_to_string(host.folder.path("root/etc/app.conf")).unwrap(), "VERSION=2\n");
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
}

/// The figure of a host with twenty resources on which there is nothing to do.
#[test]
fn a_plan_with_nothing_to_do_costs_one_connection_one_command_and_few_bytes() {
    let Some(host) = Host::up() else { return };
    let file = |n: usize| {
        format!(
            "resource \"host_file\" \"f{n}\" {{\n  host = host_machine.it\n  path = \"/etc/f{n}\"\n  content = \"{}\"\n}}\n",
            "x".repeat(1000)
        )
    };
    let files: String = (0..20).map(file).collect();
    let (port, counts) = counting(host.port);
    host.folder.write("main.tf", &host.config(port, &files));
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    let before = [0, 1].map(|at| counts[at].load(Ordering::Relaxed));
    let (connections, commands) = host.counts();
    let since = Instant::now();
    let ended = host.folder.run("plan");
    let took = since.elapsed();
    assert!(ended.contains("No changes"), "{ended}");
    let [sent, came] = [0, 1].map(|at| counts[at].load(Ordering::Relaxed) - before[at]);
    let _ = writeln!(std::io::stderr(), "plan of 20 files over SSH: {sent} bytes sent, {came} came, {took:?}");
    assert_eq!(host.counts(), (connections + 1, commands + 1), "{}", host.log());
    assert!(sent + came < 20_000, "{sent} + {came}");
}

/// What stands on a host already is taken over by where it is; the user vouches for the host.
#[test]
fn a_host_and_what_is_on_it_are_imported() {
    let Some(host) = Host::up() else { return };
    host.folder.write("root/etc/motd", "hi\n");
    let at = format!("{}@127.0.0.1:{}", user(), host.port);
    let config = format!(
        "resource \"host_machine\" \"it\" {{\n  connection {{\n    address = \"127.0.0.1\"\n    port = {}\n    \
         user = \"{}\"\n  }}\n}}\n",
        host.port,
        user()
    );
    host.folder.write("main.tf", &config);
    let ended = host.folder.run(&format!("import host_machine.it {at}"));
    assert!(ended.contains("exit 1") && ended.contains(&host.fingerprint("host")), "{ended}");
    host.folder.write(".ssh/known_hosts", &format!("[127.0.0.1]:{} {}\n", host.port, host.public("host")));
    let ended = host.folder.run(&format!("import host_machine.it {at}"));
    assert!(ended.contains("exit 0"), "{ended}");
    let state = fs::read_to_string(host.folder.path("state/default.json")).unwrap();
    assert!(state.contains(&host.public("host")), "{state}");
    let file =
        "resource \"host_file\" \"it\" {\n  host = host_machine.it\n  path = \"/etc/motd\"\n  content = \"hi\\n\"\n}\n";
    host.folder.write("main.tf", &(config + file));
    // It is there already, just so.
    let ended = host.folder.run("plan");
    assert!(ended.contains("is already there"), "{ended}");
}

/// As a fleet is written: an instance for each machine, its address known only once it is there.
#[test]
fn each_of_several_new_machines_is_accepted() {
    let Some(host) = Host::up() else { return };
    let config = format!(
        "resource \"terraform_data\" \"made\" {{\n  for_each = {{ a = \"127.0.0.1\", b = \"localhost\" }}\n  \
         input = each.value\n}}\n\
         resource \"host_machine\" \"it\" {{\n  for_each = terraform_data.made\n  identity = each.value.id\n  \
         connection {{\n    address = each.value.output\n    port = {}\n    user = \"{}\"\n  }}\n}}\n",
        host.port,
        user()
    );
    host.folder.write("main.tf", &config);
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    assert_eq!(host.counts().0, 2, "{}", host.log());
    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes"), "{ended}");
}

/// Who was killed while a new machine booted had not seen its key yet; that it was new is on record.
#[test]
fn a_run_that_was_killed_while_a_new_machine_booted_is_finished_by_the_next() {
    let Some(mut host) = Host::down() else { return };
    host.folder.write("main.tf", &host.config(host.port, ""));
    let said = host.folder.path("said");
    let mut command = host.folder.command("apply -auto-approve");
    let mut child = command.stdout(fs::File::create(&said).unwrap()).stderr(Stdio::null()).spawn().unwrap();
    await_that(|| fs::read_to_string(&said).unwrap().contains("host_machine.it: Creating..."));
    // The intent is durable before the host is called.
    std::thread::sleep(Duration::from_secs(1));
    child.kill().unwrap();
    child.wait().unwrap();
    host.start("host");
    let ended = host.folder.run("apply -auto-approve");
    assert!(ended.contains("exit 0"), "{ended}");
    let state = fs::read_to_string(host.folder.path("state/default.json")).unwrap();
    assert!(state.contains(&host.public("host")), "{state}");
    let ended = host.folder.run("plan");
    assert!(ended.contains("No changes"), "{ended}");
}
