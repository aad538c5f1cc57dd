use std::sync::Arc;

use insta::assert_snapshot;

use super::*;
use crate::diag::Diagnostic;
use crate::plan::Action;
use crate::plan::Deferred;
use crate::plan::Drift;
use crate::plan::Reason;
use crate::plan::Wave;
use crate::report::testing::change;
use crate::report::testing::output;
use crate::report::testing::plan;
use crate::report::testing::registry;
use crate::report::testing::vm;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

fn named(name: &str, size: &str) -> Arc<Object> {
    vm([("name", Value::from(name)), ("size", Value::from(size))])
}

fn report_of(plan: &Plan) -> Markdown {
    let mut report = Markdown::new("plan", "net", "default");
    report.plan(plan, &registry());
    report
}

/// One change of each kind.
fn full() -> Plan {
    let mut replaced = change(
        "acme_vm.db",
        Action::DeleteThenCreate,
        Some(Reason::CannotUpdate),
        Some(named("db", "s")),
        Some(named("db", "l")),
    );
    replaced.replace_paths = vec![Path::of("size")];
    let file = |text: &str| vm([("name", Value::from("web")), ("file", Value::from(text))]);
    let updated = change("acme_vm.web[0]", Action::Update, None, Some(file("a\n- b\nc\n")), Some(file("a\n- b\nd\n")));
    let gone = change("acme_vm.old", Action::Delete, Some(Reason::NoResourceConfig), Some(named("old", "s")), None);
    let created = change("acme_vm.new", Action::Create, None, None, Some(named("new", "s")));
    let outputs = vec![output("ip", Some(Value::from("10.0.0.1")), Some(Value::from("10.0.0.2")), false)];
    let mut plan = plan(vec![replaced, updated, gone, created], outputs);
    plan.steps.waves = vec![
        Wave { changes: vec![1], instances: 3, width: Some(1), is_given_up: false },
        Wave { changes: vec![0], instances: 1, width: None, is_given_up: false },
    ];
    plan.drift.push(Drift {
        addr: "acme_vm.web[0]".parse().unwrap(),
        previous: None,
        object: ObjectKey::Current,
        before: file("a\n"),
        after: Some(file("a\n- b\nc\n")),
        stale: None,
    });
    plan.deferred.push(Deferred { address: "acme_net.late".to_owned(), reason: "count is not known".to_owned() });
    plan
}

#[test]
fn a_report_says_what_is_lost_before_anything_is_unfolded() {
    let mut report = report_of(&full());
    let addr = "acme_vm.new".parse().unwrap();
    report.cost(&Cost { before: 5.0, after: 12.0, uncounted: vec![(addr, "by use".to_owned())], ..Cost::default() });
    let warning = Diagnostic::warning("Something is odd", "It is.").address("acme_vm.web[0]");
    report.diagnostics(&std::iter::once(warning).collect(), &Sources::new());
    assert_snapshot!(report.text(COMMENT_LIMIT), @r###"
    <!-- infra-report plan folder=net workspace=default -->
    ## infra plan: destroys

    **Plan: 2 to add, 1 to change, 2 to destroy.**

    Folder `net`, workspace `default`.

    Monthly cost: `$5.00 -> at least $12.00 (+$7.00)`

    - not counted: `acme_vm.new (by use)`

    ### Destroyed: 1

    - `acme_vm.old` will be destroyed `(because acme_vm.old is not in configuration)`

    <details><summary>Details</summary>

    ```diff
      # acme_vm.old will be destroyed
      # (because acme_vm.old is not in configuration)
    -   resource "acme_vm" "old" {
    -       name = "old" -> null
    -       size = "s" -> null
        }
    ```

    </details>

    ### Destroyed and made anew: 1

    - `acme_vm.db` must be replaced, forced by `size`

    <details><summary>Details</summary>

    ```diff
      # acme_vm.db must be replaced
    -/+ resource "acme_vm" "db" {
            name = "db"
    !       size = "s" -> "l" # forces replacement
        }
    ```

    </details>

    ### Kept in service meanwhile: 1

    - `acme_vm.web`: 1 changes, never below 2 of 3

    ### Changed outside of infra: 1

    - `acme_vm.web[0]`

    <details><summary>Details</summary>

    ```diff
      # acme_vm.web[0] has changed
    !   resource "acme_vm" "web" {
    !       file = <<-EOT
                a
    +           - b
    +           c
            EOT
            name = "web"
        }
    ```

    </details>

    <details><summary>Updated in place: 1</summary>

    ```diff
      # acme_vm.web[0] will be updated in-place
    !   resource "acme_vm" "web" {
    !       file = <<-EOT
                a
                - b
    -           c
    +           d
            EOT
            name = "web"
        }
    ```

    </details>

    <details><summary>Created: 1</summary>

    ```diff
      # acme_vm.new will be created
    +   resource "acme_vm" "new" {
    +       name = "new"
    +       size = "s"
        }
    ```

    </details>

    <details><summary>Outputs: 1</summary>

    ```diff
    !   ip = "10.0.0.1" -> "10.0.0.2"
    ```

    </details>

    ### Left for a later phase: 1

    - `acme_net.late`: `count is not known`

    <details><summary>Warnings: 1</summary>

    ```text
    Warning: Something is odd

      with acme_vm.web[0],

    It is.
    ```

    </details>
    "###);
}

#[test]
fn the_verdict_names_the_worst_and_the_marker_stays() {
    let verdict = |report: &Markdown| {
        let text = report.text(COMMENT_LIMIT);
        assert!(text.starts_with("<!-- infra-report plan folder=net workspace=default -->\n## infra plan: "), "{text}");
        text.lines().nth(1).unwrap().rsplit_once(": ").unwrap().1.to_owned()
    };
    let of = |action, prior: bool| {
        let object = || Some(named("a", "s"));
        let planned = if action == Action::Delete { None } else { object() };
        plan(vec![change("acme_vm.a", action, None, object().filter(|_| prior), planned)], Vec::new())
    };
    assert_eq!(verdict(&report_of(&plan(Vec::new(), Vec::new()))), "nothing to do");
    assert_eq!(verdict(&report_of(&of(Action::NoOp, true))), "nothing to do");
    assert_eq!(verdict(&report_of(&of(Action::Create, false))), "changes");
    assert_eq!(verdict(&report_of(&of(Action::Delete, true))), "destroys");
    assert_eq!(verdict(&report_of(&of(Action::CreateThenDelete, true))), "destroys");
    let mut report = report_of(&of(Action::Delete, true));
    let found = |diagnostic| std::iter::once(diagnostic).collect::<Diagnostics>();
    report.diagnostics(&found(Diagnostic::warning("Odd", "It is.")), &Sources::new());
    assert_eq!(verdict(&report), "destroys");
    report.diagnostics(&found(Diagnostic::error("Wrong", "It is.")), &Sources::new());
    assert_eq!(verdict(&report), "errors");
    let mut failed = Markdown::new("plan", "net", "default");
    failed.failed();
    assert_eq!(verdict(&failed), "errors");
}

#[test]
fn capacity_is_told_where_more_than_one_instance_is_there() {
    let told = |changes: usize, instances: usize, width: Option<usize>| {
        let object = || Some(named("a", "s"));
        let all = (0..changes).map(|at| change(&format!("acme_vm.a[{at}]"), Action::Update, None, object(), object()));
        let mut plan = plan(all.collect(), Vec::new());
        plan.steps.waves = vec![Wave { changes: (0..changes).collect(), instances, width, is_given_up: false }];
        let text = report_of(&plan).text(COMMENT_LIMIT);
        let line = text.lines().find(|line| line.starts_with("- `acme_vm.a`: "));
        line.map(|line| line.trim_start_matches("- `acme_vm.a`: ").to_owned())
    };
    let table = [
        (3, 3, Some(1), Some("3 change, 1 at a time, never below 2 of 3")),
        (5, 5, Some(2), Some("5 change, 2 at a time, never below 3 of 5")),
        (1, 3, Some(1), Some("1 changes, never below 2 of 3")),
        (1, 3, None, Some("1 changes, never below 2 of 3")),
        (3, 3, Some(9), Some("all 3 may be out of service at once")),
        (3, 3, None, Some("all 3 may be out of service at once, as nothing limits it (`max_unavailable` would)")),
        (1, 1, None, None),
    ];
    for (changes, instances, width, expected) in table {
        assert_eq!(told(changes, instances, width).as_deref(), expected, "{changes} of {instances} by {width:?}");
    }
}

/// Walks the text as a reader of Markdown does: gives what is outside of code, once all that was opened is closed.
fn outside_of_code(text: &str) -> String {
    let (mut fence, mut outside): (Option<usize>, String) = (None, String::new());
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && line.trim_end().len() == ticks => fence = None,
            Some(_) => {}
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None => {
                let mut rest = line;
                while let Some(at) = rest.find('`') {
                    outside.push_str(&rest[..at]);
                    let span = &rest[at..];
                    let open = span.len() - span.trim_start_matches('`').len();
                    let runs = span[open..].match_indices('`').map(|(at, _)| at + open);
                    let is_run = |at: &usize| {
                        let run = span[*at..].len() - span[*at..].trim_start_matches('`').len();
                        run == open && !span[..*at].ends_with('`')
                    };
                    let end = runs.into_iter().find(is_run).unwrap_or_else(|| panic!("a span is not closed: {line}"));
                    rest = &span[end + open..];
                }
                outside.push_str(rest);
                outside.push('\n');
            }
        }
    }
    let count = |tag: &str| outside.matches(tag).count();
    assert_eq!((fence, count("<details>")), (None, count("</details>")), "all is closed in {text}");
    outside
}

const NASTY: [&str; 8] = [
    "```\n</details>\n# a heading",
    "``````````",
    "<script>alert(1)</script>",
    "@org/team",
    "](http://x)[a",
    "`<b>`",
    "\n- [ ] task\n| a | b |",
    "--> ~~~ #1 \u{202e}",
];

#[test]
fn what_others_wrote_is_never_markup() {
    let mut changes = Vec::new();
    let mut outputs = Vec::new();
    for (at, nasty) in NASTY.iter().enumerate() {
        let object = |text: &str| {
            let lines = format!("first\n{text}\n```\n````\nlast\n");
            vm([("name", Value::from(*nasty)), ("file", Value::from(lines)), ("size", Value::from(text))])
        };
        let addr = format!("acme_vm.a[{}]", crate::value::text::quoted(nasty));
        changes.push(change(&addr, Action::Update, None, Some(object("x")), Some(object(nasty))));
        let mut replaced = change(&addr, Action::DeleteThenCreate, None, Some(object("x")), Some(object(nasty)));
        replaced.replace_paths = vec![Path::of("env").index(Value::from(*nasty))];
        changes.push(replaced);
        outputs.push(output(&format!("o{at}"), None, Some(Value::from(*nasty)), false));
    }
    let mut plan = plan(changes, outputs);
    for nasty in NASTY {
        plan.deferred.push(Deferred { address: nasty.to_owned(), reason: nasty.to_owned() });
        plan.drift.push(Drift {
            addr: "acme_vm.b".parse().unwrap(),
            previous: None,
            object: ObjectKey::Current,
            before: named("b", "s"),
            after: None,
            stale: Some(nasty.to_owned()),
        });
    }
    let mut report = Markdown::new("plan", NASTY[0], NASTY[7]);
    report.plan(&plan, &registry());
    for nasty in NASTY {
        report.outcome(nasty);
        let error = Diagnostic::error(nasty, nasty).address(nasty);
        report.diagnostics(&std::iter::once(error).collect(), &Sources::new());
    }
    let text = report.text(COMMENT_LIMIT);
    let outside = outside_of_code(&text);
    let (marker, outside) = outside.split_once('\n').unwrap();
    assert_eq!(marker, "<!-- infra-report plan folder=______details____a_heading workspace=________1__ -->");
    let ours = ["<details>", "</details>", "<summary>", "</summary>"];
    let outside = ours.iter().fold(outside.to_owned(), |text, tag| text.replace(tag, ""));
    for sign in ["<", ">", "@", "](", "~~~", "#1", "[", "|", "\u{202e}"] {
        assert!(!outside.contains(sign), "{sign} is outside of code in {outside}");
    }
}

/// So many changes of each kind.
fn many(count: usize, letter: &str) -> Plan {
    let actions = [Action::Delete, Action::DeleteThenCreate, Action::Update, Action::Create];
    let changes = (0..count).map(|at| {
        let action = actions[at * actions.len() / count];
        let (prior, planned) = (named("name", &letter.repeat(40)), named(&letter.repeat(40), "size"));
        let (prior, planned) = match action {
            Action::Delete => (Some(prior), None),
            Action::Create => (None, Some(planned)),
            _ => (Some(prior), Some(planned)),
        };
        change(&format!("acme_vm.a[\"{letter}{at}\"]"), action, None, prior, planned)
    });
    plan(changes.collect(), Vec::new())
}

#[test]
fn five_thousand_changes_fit_and_what_is_left_out_is_said() {
    for letter in ["x", "€", "`"] {
        let report = report_of(&many(5_000, letter));
        let text = report.text(COMMENT_LIMIT);
        assert!(text.len() <= COMMENT_LIMIT && text.len() > COMMENT_LIMIT * 9 / 10, "{} bytes", text.len());
        outside_of_code(&text);
        for kind in
            ["### Destroyed: 1250", "### Destroyed and made anew: 1250", "Updated in place: 1250", "Created: 1250"]
        {
            assert!(text.contains(kind), "{kind} in {text}");
        }
        assert!(text.contains("- … 1250 more, for whose names there is no room"), "{text}");
        assert!(text.ends_with("The run's own output has all of it.*\n"), "{text}");
    }
}

#[test]
fn what_matters_less_is_shortened_first() {
    let report = report_of(&many(40, "x"));
    let whole = report.text(COMMENT_LIMIT);
    assert!(!whole.contains("no room") && !whole.contains("Shortened"), "{whole}");
    // How much is told of each kind: names and details.
    let told = |text: &str, addr: usize| {
        let name = format!("acme_vm.a[\"x{addr}\"]");
        (text.contains(&format!("- `{name}`")), text.contains(&format!("# {name} ")))
    };
    let mut before = 4 * 2 + 1;
    for limit in (2_500..whole.len() + 4_000).rev().step_by(7) {
        let text = report.text(limit);
        assert!(text.len() <= limit, "{} of {limit}", text.len());
        outside_of_code(&text);
        // The last of each kind, from the most to the least important: what is told of one is told of all before it.
        let (gone, replaced) = (told(&text, 9), told(&text, 19));
        let (updated, created) = (told(&text, 29), told(&text, 39));
        let ranks = [
            gone.0,
            replaced.0,
            gone.1,
            replaced.1,
            updated.0 || updated.1,
            updated.1,
            created.0 || created.1,
            created.1,
        ];
        let count = ranks.iter().take_while(|is| **is).count();
        assert!(ranks[count..].iter().all(|is| !is), "{limit}: {ranks:?}");
        assert!(count <= before, "{limit}: {ranks:?} after {before}");
        before = count;
        let is_short = text.contains("Shortened, as a comment holds");
        assert_eq!(is_short, text.contains("no room"), "{text}");
    }
    assert_eq!(before, 0, "the smallest room holds only counts");
}

#[test]
fn one_that_is_too_long_does_not_keep_others_out() {
    let huge = vm([("file", Value::from("line\n".repeat(20_000)))]);
    let changes = vec![
        change("acme_vm.huge", Action::Delete, None, Some(huge), None),
        change("acme_vm.small", Action::Delete, None, Some(named("small", "s")), None),
    ];
    let text = report_of(&plan(changes, Vec::new())).text(COMMENT_LIMIT);
    assert!(text.contains("- `acme_vm.huge` will be destroyed\n") && !text.contains("# acme_vm.huge"), "{text}");
    assert!(text.contains("# acme_vm.small will be destroyed"), "{text}");
    assert!(text.contains("There is no room for the details of all."), "{text}");
}
