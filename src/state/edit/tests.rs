use super::EditError;
use crate::addr::Target;
use crate::state::Object;
use crate::state::Snapshot;
use crate::state::sample::addr;
use crate::state::sample::object;
use crate::state::sample::resource;
use crate::state::sample::snapshot;

fn vm() -> Object {
    object([])
}

fn target(text: &str) -> Target {
    text.parse().unwrap()
}

fn shown(snapshot: &Snapshot) -> String {
    snapshot.instances.keys().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_move_renames_what_it_names() {
    for (before, from, to, after) in [
        (vec!["a.x"], "a.x", "a.y", Ok("a.y")),
        (vec!["a.x"], "a.x", "module.m[\"k\"].a.x", Ok("module.m[\"k\"].a.x")),
        (vec!["a.x"], "a.x", "a.y[0]", Ok("a.y[0]")),
        (vec!["a.x[0]", "a.x[1]"], "a.x", "a.y", Ok("a.y[0] a.y[1]")),
        (vec!["a.x[0]", "a.x[1]"], "a.x[0]", "a.x[\"k\"]", Ok("a.x[1] a.x[\"k\"]")),
        (vec!["a.x[0]"], "a.x[0]", "a.x", Ok("a.x")),
        (
            vec!["module.m.a.x", "module.m.module.n.a.x"],
            "module.m",
            "module.o",
            Ok("module.o.a.x module.o.module.n.a.x"),
        ),
        (vec!["module.m[0].a.x", "module.m[1].a.x"], "module.m", "module.o", Ok("module.o[0].a.x module.o[1].a.x")),
        (vec!["module.m[0].a.x"], "module.m[0]", "module.m", Ok("module.m.a.x")),
        (vec!["module.m.a.x"], "module.m", "module.m[0]", Ok("module.m[0].a.x")),
        (vec!["module.m.a.x"], "module.m", "module.n.module.o", Ok("module.n.module.o.a.x")),
        (vec!["a.x[0]", "a.x[1]"], "a.x", "a.y[0]", Err("several instances would become `a.y[0]`")),
        (vec!["a.x", "a.y"], "a.x", "a.y", Err("`a.y` is in the state already")),
        (vec!["a.x"], "a.z", "a.y", Err("`a.z` is not in the state")),
        (vec!["a.x"], "a.x", "b.x", Err("`a.x` cannot become `b.x`")),
        (vec!["a.x"], "a.x", "module.m", Err("a module can be moved to a module")),
    ] {
        let mut state = snapshot([]);
        for address in &before {
            state.instances.extend(snapshot([(address, vm())]).instances);
        }
        let untouched = state.clone();
        match (state.mv(&target(from), &target(to)), after) {
            (Ok(_), Ok(after)) => assert_eq!(shown(&state), after, "{from} {to}"),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().starts_with(expected), "{error}");
                assert_eq!(state, untouched);
            }
            (found, expected) => panic!("{from} to {to}: {found:?}, not {expected:?}"),
        }
    }
}

#[test]
fn references_follow_what_is_moved_as_a_whole() {
    let depends = Object { dependencies: [resource("a.x")].into(), ..vm() };
    let mut state = snapshot([("a.x[0]", vm()), ("a.x[1]", vm()), ("b.u", depends)]);
    state.mv(&target("a.x[0]"), &target("a.y")).unwrap();
    let shown = |state: &Snapshot| -> Vec<String> {
        state.current(&addr("b.u")).unwrap().dependencies.iter().map(ToString::to_string).collect()
    };
    assert_eq!(shown(&state), ["a.x", "a.y"], "one instance is still there");
    state.mv(&target("a.x"), &target("a.z")).unwrap();
    assert_eq!(shown(&state), ["a.y", "a.z"]);
}

#[test]
fn tainting_makes_plans_stale_and_is_done_once() {
    let mut state = snapshot([("a.x", vm()), ("a.y", vm())]);
    let other = state.current(&addr("a.y")).cloned();
    assert_eq!(state.taint(&addr("a.x")), Ok(true));
    let object = state.current(&addr("a.x")).unwrap();
    assert!(object.tainted && object.version == 2 && state.seq == 2);
    assert_eq!(state.taint(&addr("a.x")), Ok(false));
    assert_eq!((state.seq, state.current(&addr("a.y")).cloned()), (2, other));
    assert_eq!(state.untaint(&addr("a.x")), Ok(true));
    assert_eq!(state.taint(&addr("a.z")), Err(EditError::Absent("a.z".into())));
}

#[test]
fn forgetting_takes_all_that_is_named() {
    let mut state = snapshot([("a.x[0]", vm()), ("a.x[1]", vm()), ("module.m.a.x", vm())]);
    assert_eq!(state.rm(&target("a.x[0]")), Ok(vec![addr("a.x[0]")]));
    assert_eq!(state.rm(&target("module.m")).map(|gone| gone.len()), Ok(1));
    assert_eq!(shown(&state), "a.x[1]");
    assert_eq!(state.rm(&target("a.y")), Err(EditError::Absent("a.y".into())));
}
