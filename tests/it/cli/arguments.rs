use insta::assert_snapshot;

use super::Folder;

#[test]
fn alone_it_says_what_there_is() {
    let folder = Folder::empty();
    assert!(folder.run("").starts_with("--- stdout\ninfra plans and applies"));
    assert_eq!((folder.code(""), folder.code("-help"), folder.code("plan -h")), (1, 0, 0));
    assert_eq!(folder.stdout(""), folder.stdout("--help"));
}

#[test]
fn each_verb_has_a_page() {
    let folder = Folder::empty();
    assert_snapshot!(folder.stdout("state rm -help"), @r#"
    Forget what is recorded, and delete nothing.

    To let the configuration say so, for everybody who applies it, write a
    `removed` block.

    Usage: infra state rm [OPTIONS] ADDRESS...

    Arguments:
      ADDRESS...                Modules, resources or instances

    Options:
      -dry-run                  Only say what would be forgotten

    State:
      -lock-timeout=DURATION    Wait that long for the lock

    World:
      -sim[=ADDR]               Work on a simulated world: in this process, or one
                                that `infra sim` serves at an address. Also:
                                INFRA_SIM. State, keys and world are kept under
                                .infra/sim; credentials are not used.

    Output:
      -no-color                 Print without colours
      -compact-warnings         Print only the headlines of warnings

    Examples:
      infra state rm acme_vm.web
      infra state rm 'acme_vm.web["a"]' module.old
    "#);
    assert_snapshot!(folder.stdout("workspace -help"), @"
    List, make, select and delete workspaces

    Usage: infra workspace COMMAND

    Commands:
      list                      List the workspaces; a star marks the one that is
                                selected
      show                      Show which one is selected
      new                       Make a workspace, and select it
      select                    Select a workspace
      delete                    Delete a workspace, which must be empty
    ");
    assert!(folder.stdout("plan -help").lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_mistyped_verb_or_option_is_guessed() {
    let folder = Folder::empty();
    assert_snapshot!(folder.run("aply"), @r#"
    --- stderr
    infra has no command named "aply". Did you mean "apply"?

    There are: init, validate, plan, apply, destroy, refresh, drift, show, output,
    graph, import, state, taint, untaint, workspace, lock, force-unlock,
    providers, login, logout, sim, version.

    To see what they do, run:
      infra -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("fmt -check"), @r#"
    --- stderr
    infra has no command "fmt" yet.

    There are: init, validate, plan, apply, destroy, refresh, drift, show, output,
    graph, import, state, taint, untaint, workspace, lock, force-unlock,
    providers, login, logout, sim, version.

    To see what they do, run:
      infra -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("state lst"), @r#"
    --- stderr
    infra state has no command named "lst". Did you mean "list"?

    There are: list, show, mv, rm, pull, push, history, restore.

    To see what they do, run:
      infra state -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("plan -detailed-exitcod"), @r#"
    --- stderr

    Error: Failed to parse command-line flags

    Option provided but not defined: -detailed-exitcod. Did you mean
    "-detailed-exitcode"?

    For more help on using this command, run:
      infra plan -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("plan -refresh=maybe"), @r#"
    --- stderr

    Error: Failed to parse command-line flags

    "maybe" is not a value for -refresh: it must be true or false.

    For more help on using this command, run:
      infra plan -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("apply -lock-timeout=5"), @r#"
    --- stderr

    Error: Failed to parse command-line flags

    "5" is not a value for -lock-timeout: write a duration such as 250ms, 30s or
    5m.

    For more help on using this command, run:
      infra apply -help
    --- exit 1
    "#);
    assert_snapshot!(folder.run("import terraform_data.a"), @"
    --- stderr

    Error: Missing command line arguments

    ID is needed.

    For more help on using this command, run:
      infra import -help
    --- exit 1
    ");
    assert_snapshot!(folder.run("plan extra"), @r#"
    --- stderr

    Error: Too many command line arguments

    Nothing is expected at "extra".

    For more help on using this command, run:
      infra plan -help
    --- exit 1
    "#);
}

#[test]
fn options_come_from_the_environment_too_and_folders_can_be_named() {
    let folder = Folder::empty().env("TF_CLI_ARGS_plan", "-detailed-exitcode").env("INFRA_CLI_ARGS", "-no-color");
    folder.write(
        "inner/main.tf",
        "output \"folder\" {\n  value = basename(path.cwd) != \"inner\" && fileexists(\"main.tf\")\n}\n",
    );
    assert_eq!(folder.code("-chdir=inner plan"), 2);
    assert_snapshot!(folder.run("-chdir=inner apply -auto-approve"), @"
    --- stdout

    Changes to Outputs:
      + folder = true

    You can apply this plan to save these new output values to the state,
    without changing any real infrastructure.


    Apply complete! Resources: 0 added, 0 changed, 0 destroyed.

    Outputs:

    folder = true
    --- stderr
    A key for the sensitive values in the state was made: <dir>/inner/state/.key. Keep a copy: without it they cannot be read.
    --- exit 0
    ");
    assert_snapshot!(folder.run("-chdir=nowhere plan"), @r#"
    --- stderr

    Error: Error handling -chdir option

    The folder "nowhere" of -chdir cannot be entered: No such file or directory
    (os error 2).
    --- exit 1
    "#);
}

#[test]
fn nobody_reading_is_no_problem() {
    use std::io::Read as _;
    let folder = Folder::with("output \"a\" {\n  value = range(1000)\n}\n");
    let mut command = folder.command("plan");
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn an_argument_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::with("");
    let bytes = std::ffi::OsStr::from_bytes(b"-out=p\xff");
    let output = folder.command("plan").arg(bytes).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("Error: Invalid argument") && text.contains("not valid UTF-8"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn options_that_change_nothing_are_taken_and_not_explained() {
    let folder = Folder::with("resource \"terraform_data\" \"a\" {}\n");
    assert_eq!(folder.code("plan -parallelism=3 -lock-timeout=5s -lock=false"), 0);
    let help = folder.stdout("plan -help");
    assert!(!help.contains("-parallelism") && !help.contains("-lock-timeout") && help.contains("-target"), "{help}");
    assert!(folder.stdout("apply -help").contains("-parallelism"));
    assert_eq!(folder.code("graph -type=plan -draw-cycles -plan=p"), 0);
    assert_eq!(folder.code("graph -type=nonsense"), 1);
}
