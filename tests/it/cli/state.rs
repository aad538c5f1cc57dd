use insta::assert_snapshot;

use super::Folder;

const CONFIG: &str = "\
resource \"terraform_data\" \"a\" {
  count = 2
}
resource \"terraform_data\" \"b\" {
  input = \"x\"
}
";

#[test]
fn instances_are_listed_and_shown() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("state list"), @"
    --- stdout
    terraform_data.a[0]
    terraform_data.a[1]
    terraform_data.b
    --- exit 0
    ");
    assert_eq!(folder.stdout("state list terraform_data.b"), "terraform_data.b\n");
    assert_snapshot!(folder.run("state list terraform_data.zzz"), @r#"
    --- stderr

    Error: Unknown resource

    The current state contains no resource terraform_data.zzz. If you've just
    added this resource to the configuration, you must run "infra apply" first
    to create the resource's entry in the state.
    --- exit 1
    "#);
    assert_snapshot!(folder.run("state show terraform_data.b"), @r#"
    --- stdout
    # terraform_data.b:
    resource "terraform_data" "b" {
        id     = "<uuid>"
        input  = "x"
        output = "x"
    }
    --- exit 0
    "#);
    assert_snapshot!(folder.run("state show terraform_data.a"), @r#"
    --- stderr

    Error: No instance found for the given address!

    This command requires that the address references one specific instance, and
    there is no terraform_data.a. Did you mean `terraform_data.a[0]` or
    `terraform_data.a[1]`? To view the available instances, use "infra state
    list".
    --- exit 1
    "#);
}

#[test]
fn addresses_are_moved_and_forgotten() {
    let folder = Folder::applied(CONFIG);
    assert_snapshot!(folder.run("state mv -dry-run terraform_data.b terraform_data.c"), @r#"
    --- stdout
    Would move "terraform_data.b" to "terraform_data.c"
    --- exit 0
    "#);
    assert_snapshot!(folder.run("state mv terraform_data.b terraform_data.c"), @r#"
    --- stdout
    Move "terraform_data.b" to "terraform_data.c"
    Successfully moved 1 object(s).
    --- exit 0
    "#);
    assert_snapshot!(folder.run("state mv terraform_data.nope terraform_data.x"), @"
    --- stderr

    Error: Invalid source address

    Cannot move terraform_data.nope: does not match anything in the current
    state.
    --- exit 1
    ");
    assert_snapshot!(folder.run("state mv terraform_data.c terraform_data.a[1]"), @"
    --- stderr

    Error: Invalid target address

    Cannot move to terraform_data.a[1]: there is already a resource instance at
    that address in the current state.
    --- exit 1
    ");
    assert_snapshot!(folder.run("state rm terraform_data.a"), @"
    --- stdout
    Removed terraform_data.a[0]
    Removed terraform_data.a[1]
    Successfully removed 2 resource instance(s).
    --- exit 0
    ");
    assert_snapshot!(folder.run("state rm terraform_data.a"), @r#"
    --- stderr

    Error: Invalid target address

    No matching objects found: `terraform_data.a` is not in the state. To view
    the available instances, use "infra state list". Please modify the address
    to reference a specific instance.
    --- exit 1
    "#);
    assert_eq!(folder.stdout("state list"), "terraform_data.c\n");
}

#[test]
fn an_earlier_state_can_be_brought_back() {
    let folder = Folder::applied(CONFIG);
    folder.run("state rm terraform_data.b");
    let history = folder.stdout("state history");
    let lines: Vec<(&str, bool)> =
        history.lines().skip(1).map(|line| (line[..6].trim(), line.ends_with(" current"))).collect();
    assert_eq!(lines, [("2", true), ("1", false)], "{history}");
    assert_snapshot!(folder.run("state restore 1"), @"
    --- stdout
    Restored the snapshot of serial 1; the state is at serial 3 now.
    The world was not touched: `infra plan` shows how the two differ.
    --- exit 0
    ");
    assert_eq!(folder.stdout("state list").lines().count(), 3);
    folder.write("old.json", &folder.stdout("state pull"));
    folder.run("state rm terraform_data.b");
    assert_snapshot!(folder.run("state push old.json"), @"
    --- stderr

    Error: Failed to write state: the serial is older

    The document is at serial 3, and the state that is here at 4: it was changed
    since. Use -force to take it anyway.
    --- exit 1
    ");
    assert_eq!(folder.code("state push -force old.json"), 0);
    assert_eq!(folder.stdout("state list").lines().count(), 3);
}

#[test]
fn a_lock_says_who_holds_it() {
    assert_snapshot!(Folder::empty().run("lock show"), @r#"
    --- stdout
    Workspace "default" is not locked.
    --- exit 0
    "#);
    assert_snapshot!(Folder::empty().run("force-unlock 123"), @"
    --- stderr

    Error: Failed to unlock state

    Workspace `default` is not locked under the ID `123`.
    --- exit 1
    ");
}

#[test]
fn a_state_that_was_deleted_comes_back_whole_and_gives_no_serial_twice() {
    let folder = Folder::applied(CONFIG);
    let all = folder.stdout("state list");
    std::fs::remove_file(folder.path("state/default.json")).unwrap();
    let seen = folder.run("plan");
    assert!(seen.contains("`infra state restore 1` brings the last snapshot"), "{seen}");
    assert!(folder.run("state restore 1").contains("the state is at serial 2 now"));
    assert_eq!(folder.stdout("state list"), all);
}

#[test]
fn instances_with_keys_are_named_where_one_has_to_be() {
    let folder = Folder::applied("resource \"terraform_data\" \"a\" { for_each = toset([\"x\", \"y\"]) }\n");
    for verb in ["taint", "untaint", "state show"] {
        let seen = folder.run(&format!("{verb} terraform_data.a")).replace("\n", " ");
        let hint = "Did you mean `terraform_data.a[\"x\"]` or `terraform_data.a[\"y\"]`? In a shell, write the address in \
                    single quotes.";
        assert!(seen.contains(hint) && seen.ends_with("exit 1"), "{verb}: {seen}");
    }
    assert_snapshot!(folder.run("state show terraform_data.b"), @r#"
    --- stderr

    Error: No instance found for the given address!

    This command requires that the address references one specific instance, and
    there is no terraform_data.b. To view the available instances, use "infra
    state list".
    --- exit 1
    "#);
    for line in
        ["state rm terraform_data.aa", "state list terraform_data.aa", "state mv terraform_data.aa terraform_data.c"]
    {
        let seen = folder.run(line).replace("\n", " ");
        assert!(seen.contains("Did you mean \"terraform_data.a\"?"), "{line}: {seen}");
    }
}
