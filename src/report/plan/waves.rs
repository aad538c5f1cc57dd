//! What is said of instances that go out of service one after another: how much of a resource stays up.

use crate::addr::InstanceKey;
use crate::plan::Plan;
use crate::plan::Wave;

/// Each resource of several instances, and what stays in service of it.
pub(in crate::report) fn lines(plan: &Plan) -> impl Iterator<Item = (String, String)> {
    // What goes with the machine that it is on is out of service with that.
    let goes_along =
        |wave: &Wave| wave.changes.iter().all(|at| plan.changes.get(*at).is_some_and(|it| it.goes_with.is_some()));
    let waves = plan.steps.waves.iter().filter(move |wave| wave.instances > 1 && !goes_along(wave));
    waves.filter_map(|wave| {
        let first = wave.changes.first().and_then(|at| plan.changes.get(*at))?;
        Some((first.addr.with_key(InstanceKey::None).to_string(), capacity(wave)))
    })
}

/// How much of a resource stays in service while some of it changes.
fn capacity(wave: &Wave) -> String {
    let changing = wave.changes.len();
    let at_once = wave.width.unwrap_or(changing).min(changing);
    let all = wave.instances;
    match all.saturating_sub(at_once) {
        0 if wave.is_given_up => {
            format!(
                "all {all} may be out of service at once, as what they rest on is replaced and leaves no room for a limit"
            )
        }
        0 if wave.width.is_none() => {
            format!("all {all} may be out of service at once, as nothing limits it (`max_unavailable` would)")
        }
        0 => format!("all {all} may be out of service at once"),
        kept if changing == 1 => format!("1 changes, never below {kept} of {all}"),
        kept => format!("{changing} change, {at_once} at a time, never below {kept} of {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Action;
    use crate::report::testing::change;
    use crate::report::testing::plan;
    use crate::report::testing::text;
    use crate::report::testing::vm;
    use crate::value::Value;

    #[test]
    fn what_stays_in_service_is_told_below_the_summary() {
        let named = |name: &str| vm([("name", Value::from(name))]);
        let update = |addr: &str| change(addr, Action::Update, None, Some(named("a")), Some(named("b")));
        let mut plan = plan(["acme_vm.web[0]", "acme_vm.web[1]", "acme_vm.one"].map(update).to_vec(), Vec::new());
        plan.steps.waves = vec![
            Wave { changes: vec![0, 1], instances: 3, width: Some(1), is_given_up: false },
            Wave { changes: vec![2], instances: 1, width: Some(1), is_given_up: false },
        ];
        let text = text(&plan);
        let told = "to destroy.\nacme_vm.web: 2 change, 1 at a time, never below 2 of 3.\n";
        assert!(text.contains(told) && !text.contains("acme_vm.one:"), "{text}");
    }
}
