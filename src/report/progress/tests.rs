use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value as Json;
use serde_json::json;

use super::JsonLines;
use super::Lines;
use super::apply_summary;
use super::board::Board;
use super::words::seconds;
use crate::apply::Event;
use crate::apply::Observer;
use crate::apply::StepName;
use crate::apply::Undone;
use crate::plan::Action;
use crate::plan::Counts;
use crate::plan::Op;
use crate::plan::Step;
use crate::plan::StepGraph;
use crate::provider::Wait;
use crate::report::Style;
use crate::report::testing::change;
use crate::report::testing::output;
use crate::report::testing::plan;
use crate::state::DeposedKey;
use crate::state::ObjectKey;
use crate::value::Value;

fn step(addr: &str, op: Op) -> StepName {
    let object = match op {
        Op::DeleteDeposed => ObjectKey::Deposed(DeposedKey::new(0xab)),
        _ => ObjectKey::Current,
    };
    StepName { addr: addr.parse().unwrap(), object, op }
}

fn start(addr: &str, op: Op, id: Option<&str>) -> Event {
    Event::StepStart { step: step(addr, op), id: id.map(str::to_owned) }
}

fn on(addr: &str, op: Op, seconds: u64) -> Event {
    let text = "booting".to_owned();
    Event::StepProgress { step: step(addr, op), text: Some(text), elapsed: Duration::from_secs(seconds) }
}

fn done(addr: &str, op: Op, id: Option<&str>, seconds: u64) -> Event {
    Event::StepDone { step: step(addr, op), id: id.map(str::to_owned), elapsed: Duration::from_secs(seconds) }
}

fn failed(addr: &str) -> Event {
    let error = "422: the size\nis not there".to_owned();
    Event::StepFailed { step: step(addr, Op::Create), error, elapsed: Duration::from_millis(1600) }
}

fn story() -> Vec<Event> {
    vec![
        Event::ReadStart { what: "acme_vm".to_owned(), count: 500 },
        Event::ReadDone { what: "acme_vm".to_owned(), count: 500, elapsed: Duration::from_secs(1) },
        start("acme_vm.a", Op::Create, None),
        on("acme_vm.a", Op::Create, 4),
        on("acme_vm.a", Op::Create, 10),
        on("acme_vm.a", Op::Create, 14),
        on("acme_vm.a", Op::Create, 75),
        done("acme_vm.a", Op::Create, Some("vm-1"), 77),
        start("acme_vm.b", Op::Update, Some("vm-2")),
        done("acme_vm.b", Op::Update, Some("vm-2"), 0),
        start("acme_vm.c", Op::DeleteDeposed, Some("vm-3")),
        done("acme_vm.c", Op::DeleteDeposed, Some("vm-3"), 3),
        start("data.acme_zone.z", Op::Read, None),
        done("data.acme_zone.z", Op::Read, Some("z"), 0),
        start("acme_vm.d", Op::Create, None),
        failed("acme_vm.d"),
        Event::StepSkipped { step: step("acme_vm.e", Op::Create) },
        Event::Progress { done: 4, running: 0, waiting: 1 },
        Event::Notice("The lock is held by alice.".to_owned()),
    ]
}

#[test]
fn lines_are_those_that_terraform_prints() {
    let lines = Lines::new(Vec::new(), Style::PLAIN);
    story().into_iter().for_each(|event| lines.event(event));
    assert_snapshot!(String::from_utf8(lines.into_inner()).unwrap(), @r#"
    acme_vm: Refreshing state... [500 objects]
    acme_vm.a: Creating...
    acme_vm.a: Still creating... [10s elapsed, booting]
    acme_vm.a: Still creating... [1m15s elapsed, booting]
    acme_vm.a: Creation complete after 1m17s [id=vm-1]
    acme_vm.b: Modifying... [id=vm-2]
    acme_vm.b: Modifications complete after 0s [id=vm-2]
    acme_vm.c (deposed object 000000ab): Destroying... [id=vm-3]
    acme_vm.c (deposed object 000000ab): Destruction complete after 3s
    data.acme_zone.z: Reading...
    data.acme_zone.z: Read complete after 0s [id=z]
    acme_vm.d: Creating...
    acme_vm.d: Creation errored after 2s: 422: the size is not there
    acme_vm.e: Skipped, as something it needs has failed
    The lock is held by alice.
    "#);
}

/// A bundle's steps are one call, and wait for one host.
#[test]
fn what_several_steps_of_one_call_wait_for_is_said_once() {
    let lines = Lines::new(Vec::new(), Style::PLAIN);
    let both = ["acme_vm.a", "acme_vm.b"];
    both.into_iter().for_each(|addr| lines.event(start(addr, Op::Create, None)));
    for at in [10, 30] {
        both.into_iter().for_each(|addr| lines.event(on(addr, Op::Create, at)));
    }
    let said = String::from_utf8(lines.into_inner()).unwrap();
    assert_eq!(said.matches("acme_vm.a: Still creating").count(), 2, "{said}");
    assert_eq!(said.matches("acme_vm.b: Still creating").count(), 0, "{said}");
}

fn stream(write: impl FnOnce(&JsonLines<Vec<u8>>)) -> Vec<Json> {
    let lines = JsonLines::new(Vec::new(), || "2026-01-02T03:04:05Z".to_owned());
    write(&lines);
    let text = String::from_utf8(lines.into_inner()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_stream_has_an_object_for_each_event() {
    let lines = stream(|lines| story().into_iter().for_each(|event| lines.event(event)));
    let brief: Vec<String> =
        lines.iter().map(|line| format!("{} {}", line["type"].as_str().unwrap(), line["@message"])).collect();
    assert_snapshot!(brief.join("\n"), @r#"
    refresh_start "acme_vm: Refreshing state..."
    refresh_complete "acme_vm: Refresh complete"
    apply_start "acme_vm.a: Creating..."
    apply_progress "acme_vm.a: Still creating... [10s elapsed]"
    apply_progress "acme_vm.a: Still creating... [1m15s elapsed]"
    apply_complete "acme_vm.a: Creation complete after 1m17s [id=vm-1]"
    apply_start "acme_vm.b: Modifying... [id=vm-2]"
    apply_complete "acme_vm.b: Modifications complete after 0s [id=vm-2]"
    apply_start "acme_vm.c (deposed object 000000ab): Destroying... [id=vm-3]"
    apply_complete "acme_vm.c (deposed object 000000ab): Destruction complete after 3s"
    apply_start "data.acme_zone.z: Reading..."
    apply_complete "data.acme_zone.z: Read complete after 0s [id=z]"
    apply_start "acme_vm.d: Creating..."
    apply_errored "acme_vm.d: Creation errored after 2s"
    log "acme_vm.e: Skipped, as something it needs has failed"
    log "The lock is held by alice."
    "#);
    assert_eq!(
        lines[5],
        json!({
            "@level": "info",
            "@message": "acme_vm.a: Creation complete after 1m17s [id=vm-1]",
            "@module": "terraform.ui",
            "@timestamp": "2026-01-02T03:04:05Z",
            "type": "apply_complete",
            "hook": {
                "resource": {
                    "addr": "acme_vm.a", "module": "", "resource": "acme_vm.a", "implied_provider": "acme",
                    "resource_type": "acme_vm", "resource_name": "a", "resource_key": null,
                },
                "action": "create", "id_key": "id", "id_value": "vm-1", "elapsed_seconds": 77,
            },
        })
    );
}

#[test]
fn what_did_not_fail_itself_is_not_said_to_have_errored() {
    let undone = |how| {
        let (step, cause) = (step("acme_vm.a", Op::Update), Some("acme_vm.b".parse().unwrap()));
        Event::StepUndone { step, how, cause, elapsed: Duration::from_secs(3) }
    };
    let events = || [Undone::Restored, Undone::Untouched, Undone::Unknown].map(undone);
    let expected = [
        "acme_vm.a: Put back after 3s, as acme_vm.b failed",
        "acme_vm.a: Not tried, as acme_vm.b failed",
        "acme_vm.a: Not known how it ended, as acme_vm.b failed; the next run looks",
    ];
    let lines = Lines::new(Vec::new(), Style::PLAIN);
    events().into_iter().for_each(|event| lines.event(event));
    assert_eq!(String::from_utf8(lines.into_inner()).unwrap().lines().collect::<Vec<_>>(), expected);
    let stream = stream(|lines| events().into_iter().for_each(|event| lines.event(event)));
    for (line, expected) in stream.iter().zip(expected) {
        assert_eq!((&line["type"], &line["@message"]), (&json!("log"), &json!(expected)));
    }
    let mut board = Board::new(None, Style::PLAIN);
    board.event(start("acme_vm.a", Op::Update, None), Duration::ZERO);
    let [event, ..] = events();
    assert_eq!(board.event(event, Duration::from_secs(3)), Some(format!("- {}", expected[0])));
    assert!(!board.lines(Duration::from_secs(3)).join("\n").contains("failed"), "it is not counted");
}

fn held(seconds: u64, limit: &str) -> Event {
    let wait = Duration::from_secs(seconds);
    Event::WaitStart(Wait { vendor: "Acme".to_owned(), limit: limit.to_owned(), wait })
}

#[test]
fn a_wait_for_a_limit_says_for_what_and_how_long() {
    let waits =
        || [held(42, "its limit of 250 requests in 60s"), Event::WaitDone { vendor: "Acme".to_owned() }, held(0, "it")];
    let lines = Lines::new(Vec::new(), Style::PLAIN);
    waits().into_iter().for_each(|event| lines.event(event));
    let said = String::from_utf8(lines.into_inner()).unwrap();
    assert_eq!(said, "Acme: Waiting 42s for its limit of 250 requests in 60s...\nAcme: Waiting for it...\n");
    let stream = stream(|lines| waits().into_iter().for_each(|event| lines.event(event)));
    assert_eq!(stream[0]["type"], "rate_limit_wait");
    assert_eq!(stream[0]["wait"], json!({"vendor": "Acme", "for": "its limit of 250 requests in 60s", "seconds": 42}));
    let mut board = Board::new(None, Style::PLAIN);
    let tree = |board: &Board, at| board.lines(Duration::from_secs(at)).join("\n");
    board.event(held(42, "its limit"), Duration::from_secs(1));
    assert!(tree(&board, 1).contains("Acme: Waiting 42s for its limit..."), "{}", tree(&board, 1));
    assert!(tree(&board, 11).contains("Acme: Waiting 32s for its limit..."), "{}", tree(&board, 11));
    board.event(Event::WaitDone { vendor: "Acme".to_owned() }, Duration::from_secs(43));
    assert!(!tree(&board, 43).contains("Waiting"), "{}", tree(&board, 43));
}

#[test]
fn the_stream_of_a_plan_ends_in_its_summary_and_outputs() {
    let mut moved = change("module.m.acme_vm.b[\"k\"]", Action::NoOp, None, None, None);
    moved.previous_addr = "acme_vm.a".parse().ok();
    let mut plan = plan(
        vec![
            change("acme_vm.r", Action::DeleteThenCreate, Some(crate::plan::Reason::Tainted), None, None),
            change("acme_vm.same", Action::NoOp, None, None, None),
            moved,
        ],
        vec![output("o", None, Some(Value::from("hunter2")), true)],
    );
    plan.drift = Vec::new();
    let lines = stream(|lines| lines.plan(&plan));
    let brief: Vec<Json> = lines
        .iter()
        .map(|line| {
            let what = [&line["change"]["action"], &line["changes"], &line["outputs"]];
            json!([
                line["type"],
                line["@message"],
                what.into_iter().find(|part| !part.is_null()),
                line["change"]["reason"]
            ])
        })
        .collect();
    assert_eq!(
        Json::Array(brief),
        json!([
            ["planned_change", "acme_vm.r: Plan to replace", "replace", "tainted"],
            ["planned_change", "module.m.acme_vm.b[\"k\"]: Plan to move", "move", null],
            [
                "change_summary",
                "Plan: 1 to add, 0 to change, 1 to destroy.",
                {"add": 1, "change": 0, "import": 0, "remove": 1, "operation": "plan"},
                null
            ],
            ["outputs", "Outputs: 1", {"o": {"sensitive": true, "action": "create"}}, null],
        ])
    );
    assert_eq!(lines[1]["change"]["previous_resource"]["addr"], "acme_vm.a");
    assert_eq!(lines[1]["change"]["resource"]["resource_key"], "k");
}

#[test]
fn the_tree_shows_what_runs_and_what_waits_for_it() {
    let mut plan = plan(
        ["acme_vm.a", "acme_vm.b", "acme_vm.c"].map(|addr| change(addr, Action::Create, None, None, None)).into(),
        Vec::new(),
    );
    let create = |change| Step::Change { change, op: Op::Create };
    let mut order = crate::graph::Dag::with_nodes(4);
    order.after(1, 0);
    order.after(2, 1);
    order.after(3, 2);
    plan.steps =
        StepGraph { steps: vec![create(0), Step::Carrier, create(1), create(2)], order, ..StepGraph::default() };
    let mut board = Board::new(Some(&plan), Style { width: 60, ..Style::PLAIN });
    let at = Duration::from_secs;
    board.event(Event::Progress { done: 0, running: 1, waiting: 2 }, at(0));
    board.event(start("acme_vm.a", Op::Create, None), at(1));
    board.event(on("acme_vm.a", Op::Create, 3), at(4));
    let mut shown = board.lines(at(5)).join("\n");
    let kept = [
        board.event(done("acme_vm.a", Op::Create, Some("vm-1"), 6), at(7)),
        board.event(start("acme_vm.b", Op::Create, None), at(7)),
        board.event(failed("acme_vm.b"), at(8)),
    ];
    kept.iter().flatten().for_each(|line| shown = format!("{shown}\n> {line}"));
    board.event(Event::Progress { done: 1, running: 0, waiting: 1 }, at(8));
    shown = format!("{shown}\n{}", board.lines(at(9)).join("\n"));
    assert_snapshot!(shown, @r#"
    0 done, 1 running, 2 waiting, 5s
    ├─ acme_vm.a: Creating... 4s — booting
    └─ acme_vm.b waits for acme_vm.a
    > ✓ acme_vm.a: Creation complete after 6s [id=vm-1]
    > ✗ acme_vm.b: Creation errored after 2s: 422: the size is not there
    1 done, 0 running, 1 waiting, 1 failed, 9s
    "#);
}

#[test]
fn durations_and_summaries_read_as_terraforms() {
    for (millis, text) in [(0, "0s"), (1_499, "1s"), (1_500, "2s"), (61_000, "1m1s"), (3_723_000, "1h2m3s")] {
        assert_eq!(seconds(Duration::from_millis(millis)), text);
    }
    let counts = Counts { add: 1, destroy: 2, ..Counts::default() };
    assert_eq!(apply_summary(counts), "Apply complete! Resources: 1 added, 0 changed, 2 destroyed.");
    let counts = Counts { import: 3, ..counts };
    assert_eq!(apply_summary(counts), "Apply complete! Resources: 3 imported, 1 added, 0 changed, 2 destroyed.");
    assert_eq!(super::destroy_summary(counts), "Destroy complete! Resources: 2 destroyed.");
}

/// A terminal that keeps what is written to it.
#[derive(Debug, Clone, Default)]
struct Screen(std::sync::Arc<std::sync::Mutex<String>>);

impl Screen {
    fn add(&self, text: &str) -> std::io::Result<()> {
        self.0.lock().unwrap().push_str(text);
        Ok(())
    }
}

impl indicatif::TermLike for Screen {
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> std::io::Result<()> {
        self.add(text)?;
        self.add("\n")
    }

    fn write_str(&self, text: &str) -> std::io::Result<()> {
        self.add(text)
    }

    fn clear_line(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_tree_is_drawn_and_keeps_what_is_over() {
    let screen = Screen::default();
    let target = indicatif::ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let tree = super::Tree::new(target, None, Style::PLAIN);
    tree.event(start("acme_vm.a", Op::Create, None));
    tree.event(failed("acme_vm.b"));
    tree.event(done("acme_vm.c", Op::Delete, Some("vm-1"), 2));
    tree.finish();
    let drawn = screen.0.lock().unwrap().clone();
    for expected in [
        "✗ acme_vm.b: Creation errored after 2s: 422: the size is not there",
        "✓ acme_vm.c: Destruction complete after 2s",
        "└─ acme_vm.a: Creating... 0s",
    ] {
        assert!(drawn.contains(expected), "{expected} is not in:\n{drawn}");
    }
}
