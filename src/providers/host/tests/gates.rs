//! Gates: what a probe says counts by its exit code alone, and nothing waits for ever.

use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use super::*;

const TEXT: &str = "[Service]\nExecStart=/bin/sleep 1\n[Install]\nWantedBy=multi-user.target\n";

/// A bed whose programs are those of the others and one more.
fn with_program(name: &str, script: &str) -> Bed {
    let bed = Bed::new();
    for entry in std::fs::read_dir(BIN).unwrap().flatten() {
        let text = std::fs::read(entry.path()).unwrap();
        put_program(&bed, &entry.file_name().to_string_lossy(), &text);
    }
    put_program(&bed, name, script.as_bytes());
    *bed.shared.bin.lock().unwrap() = Some(bed.path("bin"));
    bed
}

fn put_program(bed: &Bed, name: &str, text: &[u8]) {
    let path = format!("bin/{name}");
    bed.write(&path, text);
    std::fs::set_permissions(bed.path(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
}

async fn gated(bed: &Bed, gate: &[(&str, &str)]) -> MemberEnd {
    let gate = Value::object(gate.iter().map(|(name, value)| (Str::from(*name), Value::from(*value))));
    let config = vec![("name", Value::from("app.service")), ("text", Value::from(TEXT)), ("gate", gate)];
    bed.apply("op1", &[create(UNIT, "u", &config)]).await.remove(0)
}

#[tokio::test]
async fn a_tcp_probe_goes_by_its_exit_code_whatever_it_says() {
    for (script, is_open) in [
        ("exit 0", true),
        ("echo connection refused; exit 0", true),
        ("echo 127.0.0.1 9 open >&2; exit 1", false),
        ("echo nc: timed out >&2; exit 1", false),
        ("exit 1", false),
    ] {
        let bed = with_program("nc", &format!("#!/bin/sh\n{script}\n"));
        let end = gated(&bed, &[("tcp", ":9"), ("hold", "1s"), ("deadline", "3s")]).await;
        match is_open {
            true => drop(applied(&end)),
            false => assert!(failure(&end).contains("127.0.0.1:9 does not accept connections"), "{script}: {end:?}"),
        }
    }
}

#[tokio::test]
async fn a_command_that_does_not_end_fails_the_gate_in_time_and_holds_nobody_up() {
    let bed = Bed::new();
    for command in ["/bin/sleep 300", "/bin/sleep 300 & /bin/sleep 300 & wait", "setsid /bin/sleep 20 & false"] {
        let begun = Instant::now();
        let message = failure(&gated(&bed, &[("command", command), ("deadline", "3s")]).await);
        assert!(message.contains("has not passed its gate within 3s: the command"), "{message}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{command}: {:?}", begun.elapsed());
    }
    // What is left running of the last does not hold the lock.
    bed.put("op2", create(FILE, "f", &strings([("path", "/etc/a"), ("content", "x")]))).await;
}
