//! The command that runs a script on a host, as root where that is asked for.
//!
//! A command line holds less than our scripts, and can be seen by all on the host. So what is run is always the same
//! short line, which reads the script from its input; a password for sudo goes there, too.

use super::Hidden;
use crate::net::host::quote;

/// What is written to both streams once a script has begun; what comes before is somebody's greeting.
pub(super) const BEGUN: &str = "infra: begun\n";

/// Reads the length of a script, the script, and runs it; it finds its own input behind.
const READER: &str = "\
LC_ALL=C; PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
IFS= read -r size && script=$(head -c \"$size\"; echo .) && [ ${#script} -eq $((size + 1)) ] || {
    echo 'The upload broke off.' >&2
    exit 65
}
echo infra: begun; echo infra: begun >&2
eval \"${script%.}\"";

/// Runs the reader, which is `$0`, as root.
const SUDO: &str = "\
[ \"$(id -u)\" = 0 ] && exec sh -c \"$0\"
exec sudo -n -- sh -c \"$0\"";

/// The same, with a password on the first line of the input. It is asked for only once, so that a wrong one counts as one
/// mistake: whoever is mistaken more often may be locked out.
const SUDO_WITH_PASSWORD: &str = "\
IFS= read -r password
[ \"$(id -u)\" = 0 ] && exec sh -c \"$0\"
sudo -n -- sh -c : </dev/null 2>/dev/null && exec sudo -n -- sh -c \"$0\"
said=$(printf '%s\\n' \"$password\" | sudo -k -S -p '' -- sh -c : 2>&1) || {
    printf '%s\\n' \"$said\" >&2
    exit 77
}
{ printf '%s\\n' \"$password\"; exec cat; } | sudo -k -S -p '' -- sh -c \"$0\"";

/// How a user becomes root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sudo {
    /// Where sudo asks for one.
    pub password: Option<Hidden>,
}

/// The command line.
pub(super) fn line(sudo: Option<&Sudo>) -> String {
    let reader = quote(READER);
    match sudo {
        None => format!("exec sh -c {reader}"),
        Some(Sudo { password: None }) => format!("exec sh -c {} {reader}", quote(SUDO)),
        Some(Sudo { password: Some(_) }) => format!("exec sh -c {} {reader}", quote(SUDO_WITH_PASSWORD)),
    }
}

/// The input of the command: what becomes root, the script, its own input.
pub(super) fn input(sudo: Option<&Sudo>, script: &str, stdin: &[u8]) -> Vec<u8> {
    let mut input = Vec::with_capacity(script.len() + stdin.len() + 64);
    if let Some(Sudo { password: Some(password) }) = sudo {
        input.extend_from_slice(password.reveal().as_bytes());
        input.push(b'\n');
    }
    input.extend_from_slice(format!("{}\n{script}", script.len()).as_bytes());
    input.extend_from_slice(stdin);
    input
}

/// What a stream holds from the begin of the script on; `None` when it has not begun.
pub(super) fn since_begun(stream: &[u8]) -> Option<&[u8]> {
    let at = stream.windows(BEGUN.len()).position(|window| window == BEGUN.as_bytes())?;
    Some(&stream[at + BEGUN.len()..])
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;
    use std::process::Stdio;

    use super::*;

    fn run(input: &[u8]) -> std::process::Output {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(line(None)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    #[test]
    fn a_script_comes_whole_with_its_input_behind_or_does_not_run() {
        let script = "printf '%s' 'ä€ it'\\''s'\ncat\nexit 7\n";
        let whole = input(None, script, b"and its input\0\n");
        let output = run(&whole);
        assert_eq!(since_begun(&output.stdout).unwrap(), "ä€ it'sand its input\0\n".as_bytes(), "{output:?}");
        assert_eq!((since_begun(&output.stderr), output.status.code()), (Some(&b""[..]), Some(7)));
        for cut in [0, 1, 3, 10, script.len()] {
            let output = run(&whole[..cut]);
            assert_eq!((since_begun(&output.stdout), output.status.code()), (None, Some(65)), "cut at {cut}");
        }
    }

    #[test]
    fn a_password_is_in_no_command_line() {
        let sudo = Sudo { password: Some(Hidden::new("correct horse")) };
        assert!(!line(Some(&sudo)).contains("horse") && !format!("{sudo:?}").contains("horse"));
        assert!(input(Some(&sudo), "id", b"x").starts_with(b"correct horse\n2\nidx"));
    }
}
