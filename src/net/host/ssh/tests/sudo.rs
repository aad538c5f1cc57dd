//! Becoming root.

use super::*;

fn target(lab: &Lab, server: &Server, password: Option<&str>) -> Target {
    let sudo = Some(Sudo { password: password.map(Hidden::new) });
    Target { user: Some("tester".to_owned()), sudo, ..lab.target(server) }
}

/// Who runs it, what it reads, and all command lines of the machine.
const SCRIPT: &str =
    "id -un; cat; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c 'please open[ ]sesame' >&2; exit 3";

#[tokio::test]
async fn root_without_a_password() {
    let Some(lab) = Lab::new() else { return };
    if !lab::can_make_users() {
        return;
    }
    let server = lab.server_with_user("", "open sesame", "tester ALL=(ALL) NOPASSWD: ALL");
    // A password that is given and not asked for goes nowhere.
    for password in [None, Some("never asked for")] {
        let output = run_with(&lab.ssh(), &target(&lab, &server, password), SCRIPT, "its input\n").await.unwrap();
        assert_eq!((text(&output.stdout), output.code), ("root\nits input\n", Some(3)), "{output:?}");
    }
    let plain = Target { sudo: None, ..target(&lab, &server, None) };
    let output = run(&lab.ssh(), &plain, SCRIPT).await.unwrap();
    assert_eq!(text(&output.stdout), "tester\n");
}

#[tokio::test]
async fn root_with_a_password_that_no_command_line_shows() {
    let Some(lab) = Lab::new() else { return };
    if !lab::can_make_users() {
        return;
    }
    let server = lab.server_with_user("", "please open sesame", "tester ALL=(ALL) ALL");
    let ssh = lab.ssh();
    let with = target(&lab, &server, Some("please open sesame"));
    // Twice, as sudo remembers whom it has asked.
    for _ in 0..2 {
        let output = run_with(&ssh, &with, SCRIPT, "its input\n").await.unwrap();
        assert_eq!((text(&output.stdout), output.code), ("root\nits input\n", Some(3)), "{output:?}");
        assert_eq!(output.complaint(), "0", "the password is in no command line");
    }
    let why = run(&lab.ssh(), &target(&lab, &server, None), SCRIPT).await.unwrap_err().to_string();
    assert!(why.contains("sudo: a password is required"), "{why}");
    let why = run(&lab.ssh(), &target(&lab, &server, Some("wrong")), SCRIPT).await.unwrap_err();
    assert!(matches!(why, ProviderError::Refused { .. }), "nothing was done: {why}");
    assert!(why.to_string().contains("sudo: ") && !why.to_string().contains("wrong"), "{why}");
}

#[tokio::test]
async fn who_may_not_become_root_is_told_so() {
    let Some(lab) = Lab::new() else { return };
    if !lab::can_make_users() {
        return;
    }
    let server = lab.server_with_user("", "open sesame", "");
    let why = run(&lab.ssh(), &target(&lab, &server, Some("open sesame")), SCRIPT).await.unwrap_err();
    assert!(matches!(why, ProviderError::Refused { .. }), "{why}");
    // Who is root already needs no sudo.
    let output =
        run(&lab.ssh(), &Target { user: Some(lab::me()), ..target(&lab, &server, None) }, SCRIPT).await.unwrap();
    assert_eq!(text(&output.stdout), "root\n");
}
