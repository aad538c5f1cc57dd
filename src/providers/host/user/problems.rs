//! What is wrong with the configuration of a user.

use super::calls;
use super::is_given;
use crate::provider::Problem;
use crate::providers::host::group;
use crate::providers::host::place;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;

/// What a public key may be of, as sshd(8) lists them.
const KEY_TYPES: [&str; 4] = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-"];

pub(super) fn validate(config: &Object) -> Vec<Problem> {
    let name = config.str("name");
    let mut problems: Vec<Problem> =
        name.and_then(group::name_problem).into_iter().chain(group::number_problem(config, "uid")).collect();
    let mut complain = |path: Path, summary: &str, detail: String| {
        problems.push(Problem { path, summary: summary.to_owned(), detail });
    };
    if config.int("uid") == Some(0) && name != Some("root") {
        complain(Path::of("uid"), "Invalid number", "The number 0 is root's, and whoever has it is root.".to_owned());
    }
    if let Some(own) = config.str("group").filter(|own| !group::is_name(own) && !is_number(own)) {
        complain(Path::of("group"), "Invalid group", format!("`{own}` is neither the name nor the number of a group."));
    }
    for (element, other) in elements(config, "groups").filter(|(_, other)| !group::is_name(other)) {
        complain(Path::of("groups").index(element), "Invalid group", format!("`{other}` is not the name of a group."));
    }
    for attribute in ["home", "shell"] {
        if let Some(fault) = config.str(attribute).filter(|path| *path != "/").and_then(place::path_fault) {
            complain(Path::of(attribute), "Invalid path", fault.to_owned());
        } else if config.str(attribute).is_some_and(|path| path.contains([':', '\n'])) {
            complain(Path::of(attribute), "Invalid path", "It cannot hold a `:` or the end of a line.".to_owned());
        }
    }
    if config.str("comment").is_some_and(|comment| comment.contains([':', '\n', '\0'])) {
        let detail = "It cannot hold a `:`, a NUL or the end of a line, which end a field of /etc/passwd.";
        complain(Path::of("comment"), "Invalid comment", detail.to_owned());
    }
    for (element, key) in elements(config, "authorized_keys") {
        if let Some(fault) = key_fault(&key) {
            complain(Path::of("authorized_keys").index(element), "Invalid public key", fault.to_owned());
        }
    }
    if config.bool("exclusive_groups") == Some(true) && !is_given(config, "groups") {
        let detail = "Say which groups it is in: `groups = []` for none besides its own.";
        complain(Path::of("exclusive_groups"), "Missing groups", detail.to_owned());
    }
    if config.bool("remove_home") == Some(true) && config.bool("remove") == Some(false) {
        let detail = "A home goes with its user, and the user only goes with `remove = true`.";
        complain(Path::of("remove_home"), "Invalid combination of arguments", detail.to_owned());
    }
    let is_login = name.is_some() && name == calls::login(config);
    let mut in_use = |attribute: &str, why: &str| {
        let detail = format!("`{}` is root, or the user that we log in as. {why}", name.unwrap_or_default());
        complain(Path::of(attribute), "Login in use", detail);
    };
    if config.bool("remove") == Some(true) && (is_login || name == Some("root")) {
        in_use("remove", "Without it the host could not be reached any more.");
    }
    let keys = config.get("authorized_keys").and_then(|keys| keys.unmarked().as_elements());
    if is_login && keys.is_some_and(<[Value]>::is_empty) {
        in_use("authorized_keys", "Without a key it could not log in any more.");
    }
    if is_login && config.str("shell").is_some_and(|shell| shell.ends_with("/nologin") || shell.ends_with("/false")) {
        in_use("shell", "With this one it could not log in any more.");
    }
    problems
}

/// The texts of a set that are known, each with what it is found by.
fn elements(config: &Object, name: &str) -> impl Iterator<Item = (Str, Str)> {
    let elements = config.get(name).and_then(|value| value.unmarked().as_elements()).unwrap_or_default();
    let known: Vec<Str> = elements.iter().filter_map(|e| Value::unmarked(e).as_str()).map(Str::from).collect();
    known.into_iter().map(|text| (Str::clone(&text), text))
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

/// What is wrong with a line of `authorized_keys`.
fn key_fault(key: &str) -> Option<&'static str> {
    if key.contains("PRIVATE KEY") {
        return Some(
            "This is a private key, which belongs on no other machine; give the public one, from the `.pub` file.",
        );
    }
    if key.contains(['\n', '\r', '\0']) {
        return Some("A key is one line; a file with several of them is split with `split(\"\\n\", trimspace(…))`.");
    }
    let mut words = key.split(' ');
    let is_key = words.any(|word| KEY_TYPES.iter().any(|ty| word.starts_with(ty))) && words.next().is_some();
    (!is_key || key.trim() != key || key.starts_with('#'))
        .then_some("This is not a public key, as `ssh-ed25519 AAAA… name` is.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_public_line() {
        for key in [
            "ssh-ed25519 AAAA me",
            "ssh-rsa AAAA",
            "from=\"10.0.0.0/8\",no-pty ecdsa-sha2-nistp256 AAAA me",
            "sk-ssh-ed25519@openssh.com AAAA",
        ] {
            assert_eq!(key_fault(key), None, "{key}");
        }
        for key in
            ["", "me", "ssh-ed25519", "# ssh-rsa AAAA", " ssh-rsa AAAA", "ssh-rsa AAAA\nssh-rsa BBBB", "ssh-rsa AAAA\n"]
        {
            assert!(key_fault(key).is_some(), "{key}");
        }
        let private = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA";
        assert!(key_fault(private).is_some_and(|fault| fault.contains("public")));
    }
}
