//! Scripts: their input, their outputs, their ends, and connections that break under them.

use rustix::process::Signal;

use super::*;

#[tokio::test]
async fn a_script_has_its_input_and_both_outputs_and_an_end() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    let output = run_with(&ssh, &target, "cat; echo it\\'s >&2; exit 7", "ä\0b").await.unwrap();
    assert_eq!((text(&output.stdout), output.complaint().as_str(), output.code), ("ä\0b", "it's", Some(7)));
    let output = run(&ssh, &target, "kill -9 $$").await.unwrap();
    assert_eq!(output.code, None);
    // It need not read all that it is given.
    let output = run_with(&ssh, &target, "head -c 3", &"x".repeat(5_000_000)).await.unwrap();
    assert_eq!((text(&output.stdout), output.code), ("xxx", Some(0)));
    assert_eq!(server.connections(), 1);
}

/// Whichever of three pipes fills up first, none waits for another.
#[tokio::test]
async fn both_outputs_are_drained_while_the_input_is_sent() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    let load = "0123456789abcdef".repeat(300_000);
    for script in [
        // First all of one output, then all of the other, then the input.
        "head -c 5000000 /dev/zero >&2; head -c 5000000 /dev/zero; cat",
        "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2; cat",
        "cat; head -c 5000000 /dev/zero >&2; head -c 5000000 /dev/zero",
    ] {
        let output = run_with(&ssh, &target, script, &load).await.unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len()), (5_000_000 + load.len(), 5_000_000), "{script}");
    }
}

/// Servers change the keys of a connection now and then, in the midst of whatever goes on.
#[tokio::test]
async fn new_keys_in_the_midst_of_a_script_change_nothing() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("RekeyLimit 256K");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    let load = "0123456789abcdef".repeat(200_000);
    let both = tokio::join!(run_with(&ssh, &target, "cat", &load), run_with(&ssh, &target, "cat >&2", &load));
    let (out, err) = (both.0.unwrap().stdout, both.1.unwrap().stderr);
    assert!(text(&out) == load && text(&err) == load, "{} {}", out.len(), err.len());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn several_scripts_share_one_connection_and_none_waits_for_another() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    // The first ends only when the second has begun.
    let place = lab.path("begun");
    let waits = format!("until [ -e '{0}' ]; do sleep 0.05; done; cat '{0}'", place.display());
    let begins = format!("cat >'{0}.new'; mv '{0}.new' '{0}'", place.display());
    let load = "x".repeat(2_000_000);
    let ends = tokio::join!(run(&ssh, &target, &waits), run_with(&ssh, &target, &begins, &load));
    assert_eq!(ends.0.unwrap().stdout.len(), load.len());
    assert_eq!(ends.1.unwrap().code, Some(0));
    assert_eq!(server.connections(), 1);
}

/// A server grants a connection ten sessions at once, or as many as its `MaxSessions` says.
#[tokio::test]
async fn scripts_beyond_what_a_host_runs_at_once_wait_for_their_turn() {
    let Some(lab) = Lab::new() else { return };
    for (options, count) in [("", 25), ("MaxSessions 2", 8), ("MaxSessions 1", 4)] {
        let server = lab.server(options);
        let (ssh, target) = (lab.ssh(), lab.target(&server));
        let many = (0..count).map(|n| {
            let script = format!("echo {n}; sleep 0.0{}", n % 7);
            let (ssh, target) = (&ssh, &target);
            async move { (n, run(ssh, target, &script).await) }
        });
        for (n, end) in futures::future::join_all(many).await {
            assert_eq!(text(&end.unwrap().stdout), format!("{n}\n"), "{options}");
        }
        assert_eq!(server.connections(), 1, "{options}");
    }
}

#[tokio::test]
async fn a_host_that_grants_no_session_is_told_of_at_once() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("MaxSessions 0");
    let since = std::time::Instant::now();
    let error = run(&lab.ssh(), &lab.target(&server), "true").await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreachable { .. }), "{error}");
    assert!(crate::diag::with_causes(&error).contains("it opens no channel"), "{error:?}");
    assert!(since.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_script_that_nobody_waits_for_any_more_when_its_turn_comes_is_not_run() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("MaxSessions 1");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    let shell = up(&ssh, &target).await;
    let (begun, released, unwanted) = (lab.path("begun"), lab.path("released"), lab.path("unwanted"));
    let first = format!(": >'{}'; until [ -e '{}' ]; do sleep 0.05; done", begun.display(), released.display());
    let (second, cancel) = (format!(": >'{}'", unwanted.display()), Cancel::new());
    let cx = cancelled_by(cancel.clone());
    let release = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let stop = async {
            // By now it has been denied.
            tokio::time::sleep(Duration::from_millis(300)).await;
            cancel.cancel();
        };
        let (end, ()) = tokio::join!(shell.run(&second, Bytes::new(), &cx), stop);
        assert!(matches!(end, Err(ProviderError::Cancelled { .. })), "{end:?}");
        std::fs::write(&released, "").unwrap();
    };
    let (end, ()) = tokio::join!(run(&ssh, &target, &first), release);
    assert_eq!(end.unwrap().code, Some(0));
    run(&ssh, &target, "true").await.unwrap();
    assert!(!unwanted.exists());
}

#[tokio::test]
async fn a_connection_that_dies_under_a_script_is_a_lost_answer_and_the_next_script_has_a_new_one() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let (ssh, target) = (lab.ssh(), lab.target(&server));
    let (begun, done) = (lab.path("begun"), lab.path("done"));
    let script = format!("trap '' HUP PIPE; : >'{}'; sleep 1; : >'{}'", begun.display(), done.display());
    let kill = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.signal_connections(Signal::KILL);
    };
    let (end, ()) = tokio::join!(run(&ssh, &target, &script), kill);
    let error = end.unwrap_err();
    assert!(matches!(error, ProviderError::AnswerLost { .. }), "{error}");
    // It goes on without us.
    lab::await_that(|| done.exists(), String::new);
    run(&ssh, &target, "true").await.unwrap();
    // Nothing was under way on this one, so nobody notices.
    server.signal_connections(Signal::KILL);
    run(&ssh, &target, "true").await.unwrap();
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_host_that_falls_silent_is_found_out_by_what_keeps_the_connection_alive() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let pace = Pace { keep_alive: Duration::from_secs(2), silence: Duration::from_secs(5), ..Pace::default() };
    let ssh = Ssh::new(Surroundings::new(Arc::new(lab.user())), pace);
    let target = lab.target(&server);
    // Nothing is said for longer than that, and yet it is there.
    run(&ssh, &target, "sleep 7").await.unwrap();
    let (begun, stop) = (lab.path("begun"), format!(": >'{}'; sleep 30", lab.path("begun").display()));
    let freeze = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.signal_connections(Signal::STOP);
    };
    let since = std::time::Instant::now();
    let (end, ()) = tokio::join!(run(&ssh, &target, &stop), freeze);
    let error = end.unwrap_err();
    assert!(matches!(error, ProviderError::AnswerLost { .. }), "{error}");
    assert!(crate::diag::with_causes(&error).contains("nothing was heard of it"), "{error:?}");
    assert!(since.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn who_waits_no_more_is_let_go_at_once_and_the_script_goes_on() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let ssh = lab.ssh();
    let shell = up(&ssh, &lab.target(&server)).await;
    let (begun, done) = (lab.path("begun"), lab.path("done"));
    let script = format!(": >'{}'; sleep 1; : >'{}'", begun.display(), done.display());
    let cancel = Cancel::new();
    let stop = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        cancel.cancel();
    };
    let cx = cancelled_by(cancel.clone());
    let (end, ()) = tokio::join!(shell.run(&script, Bytes::new(), &cx), stop);
    assert!(matches!(end, Err(ProviderError::Cancelled { .. })) && !done.exists(), "{end:?}");
    lab::await_that(|| done.exists(), String::new);
}

#[tokio::test]
async fn what_a_host_says_by_itself_is_no_part_of_an_answer() {
    let Some(lab) = Lab::new() else { return };
    // As a shell's start-up files do it.
    let server = lab.server("ForceCommand echo Welcome; echo Beware >&2; eval \"$SSH_ORIGINAL_COMMAND\"");
    let output = run(&lab.ssh(), &lab.target(&server), "echo yes; echo no >&2").await.unwrap();
    assert_eq!((text(&output.stdout), output.complaint().as_str()), ("yes\n", "no"));
    let server = lab.server("ForceCommand echo This account is closed.; exit 1");
    let error = run(&lab.ssh(), &lab.target(&server), "echo yes").await.unwrap_err();
    assert!(matches!(&error, ProviderError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("This account is closed."), "{error}");
}
