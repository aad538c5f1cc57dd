//! Logging in.

use std::process::Command;

use super::*;

#[tokio::test]
async fn every_kind_of_key_lets_in() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let kinds = [
        ("ed25519", &["-t", "ed25519"][..]),
        ("rsa", &["-t", "rsa", "-b", "2048"]),
        ("ecdsa", &["-t", "ecdsa"]),
        ("ecdsa521", &["-t", "ecdsa", "-b", "521"]),
        ("rsa-pem", &["-t", "rsa", "-b", "2048", "-m", "PEM"]),
        ("rsa-pkcs8", &["-t", "rsa", "-b", "2048", "-m", "PKCS8"]),
        ("ecdsa-pkcs8", &["-t", "ecdsa", "-m", "PKCS8"]),
    ];
    for (name, arguments) in kinds {
        lab.keygen(name, arguments);
        lab.allow(name);
        let login = Login { private_key: lab.private(name), ..Login::default() };
        let target = Target { login, ..lab.target(&server) };
        let output = run(&lab.ssh(), &target, "id -un").await.unwrap();
        assert_eq!(text(&output.stdout).trim(), lab::me(), "{name}");
        // Where it lies in a file, too.
        std::fs::copy(lab.path(name), lab.path("home/.ssh/id_rsa")).unwrap();
        run(&lab.ssh(), &Target { login: Login::default(), ..target }, "true").await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_key_is_said_with_what_was_offered() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    lab.keygen("other", &["-t", "ed25519"]);
    let given =
        Target { login: Login { private_key: lab.private("other"), ..Login::default() }, ..lab.target(&server) };
    let found = obstacle(&lab.ssh(), &given).await;
    assert!(found.kind == Kind::Login && found.state == format!("not letting {} in", lab::me()), "{found:?}");
    assert!(found.cause.contains("it accepts publickey, and was offered its `private_key`"), "{found:?}");
    let none = Target { login: Login::default(), ..given.clone() };
    assert!(obstacle(&lab.ssh(), &none).await.cause.contains("nothing: there is no agent and no key in ~/.ssh"));
    std::fs::copy(lab.path("other"), lab.path("home/.ssh/id_ed25519")).unwrap();
    assert!(obstacle(&lab.ssh(), &none).await.cause.contains("was offered ~/.ssh/id_ed25519"));
    let broken = Login { private_key: Some(Hidden::new("~/.ssh/id_ed25519")), ..Login::default() };
    let why = refusal(&lab.ssh(), &Target { login: broken, ..given }).await;
    assert!(why.contains("cannot be used as a private key"), "{why}");
}

#[tokio::test]
async fn an_encrypted_key_needs_its_passphrase_and_asks_once() {
    let Some(lab) = Lab::new() else { return };
    let servers = [lab.server(""), lab.server("")];
    for arguments in [&["-t", "ed25519", "-N", "open sesame"][..], &["-t", "rsa", "-m", "PKCS8", "-N", "open sesame"]] {
        let name = arguments[1];
        lab.keygen(name, arguments);
        lab.allow(name);
        let login = |passphrase: Option<&str>| Login {
            private_key: lab.private(name),
            passphrase: passphrase.map(Hidden::new),
            ..Login::default()
        };
        let target = |at: usize, passphrase| Target { login: login(passphrase), ..lab.target(&servers[at]) };
        run(&lab.ssh(), &target(0, Some("open sesame")), "true").await.unwrap();

        let user = lab::User { says: Some("open sesame".to_owned()), ..lab.user() };
        let user = Arc::new(user);
        let ssh =
            Ssh::new(Surroundings::new(Arc::clone(&user) as Arc<dyn crate::provider::Credentials>), Pace::default());
        let (first, second) = (target(0, None), target(1, None));
        let ends = tokio::join!(run(&ssh, &first, "true"), run(&ssh, &second, "true"));
        assert!(ends.0.is_ok() && ends.1.is_ok(), "{ends:?}");
        assert_eq!(*user.asked.lock().unwrap(), ["its `private_key`"], "asked once for both");

        let ssh = lab.ssh_of(lab::User { variable: Some("open sesame".to_owned()), ..lab.user() });
        run(&ssh, &first, "true").await.unwrap();
        let why = refusal(&lab.ssh(), &first).await;
        assert!(why.contains("nobody is there to say its passphrase") && why.contains("INFRA_SSH_PASSPHRASE"), "{why}");
        let why = refusal(&lab.ssh(), &target(0, Some("wrong"))).await;
        let is_told = why.contains("the passphrase of its `private_key` is not the right one");
        assert!(is_told || name == "rsa" && why.contains("cannot be used as a private key"), "{why}");
    }
}

#[tokio::test]
async fn the_agent_is_asked_unless_it_is_not_wanted() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    for (name, kind) in [("of-agent", "ed25519"), ("of-agent-rsa", "rsa"), ("of-agent-ecdsa", "ecdsa")] {
        lab.keygen(name, &["-t", kind]);
        lab.allow(name);
        let agent = lab.agent(&["client", name]);
        let target = Target { login: Login::default(), ..lab.target(&server) };
        let with = || lab.ssh_of(lab::User { agent: Some(agent.socket.clone()), ..lab.user() });
        run(&with(), &target, "true").await.unwrap();
        let without = Target { login: Login { agent: Some(false), ..Login::default() }, ..target.clone() };
        assert!(obstacle(&with(), &without).await.kind == Kind::Login);
        let needed = Target { login: Login { agent: Some(true), ..Login::default() }, ..target };
        run(&with(), &needed, "true").await.unwrap();
        let why = refusal(&lab.ssh(), &needed).await;
        assert!(why.contains("SSH_AUTH_SOCK names none"), "{why}");
        std::fs::remove_file(&agent.socket).unwrap();
    }
}

#[tokio::test]
async fn a_users_certificate_lets_in() {
    let Some(lab) = Lab::new() else { return };
    lab.keygen("authority", &["-t", "ed25519"]);
    lab.allow("authority");
    let server = lab.server(&format!("TrustedUserCAKeys {}", lab.path("authority.pub").display()));
    for (name, arguments) in [("ed", ["-t", "ed25519"]), ("ec", ["-t", "ecdsa"]), ("r", ["-t", "rsa"])] {
        lab.keygen(name, &arguments);
        let mut sign = Command::new("ssh-keygen");
        sign.args(["-q", "-I", "id", "-n", &lab::me(), "-s"]).arg(lab.path("authority"));
        assert!(sign.arg(lab.path(&format!("{name}.pub"))).status().unwrap().success());
        let certificate = Some(lab.read(&format!("{name}-cert.pub")));
        let login = |certificate| Login { private_key: lab.private(name), certificate, ..Login::default() };
        let target = |certificate| Target { login: login(certificate), ..lab.target(&server) };
        assert!(obstacle(&lab.ssh(), &target(None)).await.kind == Kind::Login, "{name}: the key alone is nobody's");
        run(&lab.ssh(), &target(certificate), "true").await.unwrap();
        // Beside a file of the user's, and in the agent.
        std::fs::copy(lab.path(name), lab.path("home/.ssh/id_ed25519")).unwrap();
        let beside = lab.path("home/.ssh/id_ed25519-cert.pub");
        std::fs::copy(lab.path(&format!("{name}-cert.pub")), &beside).unwrap();
        let target = Target { login: Login::default(), ..lab.target(&server) };
        run(&lab.ssh(), &target, "true").await.unwrap();
        std::fs::remove_file(beside).unwrap();
        let agent = lab.agent(&[name]);
        let ssh = lab.ssh_of(lab::User { agent: Some(agent.socket.clone()), ..lab.user() });
        match name {
            // libssh2 asks an agent for SHA-1 with certificates of RSA keys, which no server takes any more.
            "r" => assert!(obstacle(&ssh, &target).await.kind == Kind::Login),
            _ => _ = run(&ssh, &target, "true").await.unwrap(),
        }
        std::fs::remove_file(&agent.socket).unwrap();
    }
}

#[tokio::test]
async fn a_password_is_offered_only_when_it_is_given() {
    let Some(lab) = Lab::new() else { return };
    if !lab::can_make_users() {
        return;
    }
    let server = lab.server_with_user("PasswordAuthentication yes", "open sesame", "");
    let login = |password: Option<&str>| Login { password: password.map(Hidden::new), ..Login::default() };
    let target = |password| Target { user: Some("tester".to_owned()), login: login(password), ..lab.target(&server) };
    let user = lab::User { says: Some("open sesame".to_owned()), ..lab.user() };
    let found = obstacle(&lab.ssh_of(user), &target(None)).await;
    assert!(found.cause.contains("it accepts publickey, password, and was offered nothing"), "{found:?}");
    assert!(obstacle(&lab.ssh(), &target(Some("wrong"))).await.cause.contains("was offered a password"));
    let output = run(&lab.ssh(), &target(Some("open sesame")), "id -un").await.unwrap();
    assert_eq!(text(&output.stdout), "tester\n");
}
