//! The digest of a plan: what was approved, in 64 hexadecimal digits.

use sha2::Digest;
use sha2::Sha256;

use crate::plan::Action;
use crate::plan::Plan;
use crate::value::Value;

/// A digest over what the plan does: addresses, actions, the versions it read and the values it promises. Unknown values
/// count as their types.
pub fn digest(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    for change in plan.changes.iter().filter(|change| change.action != Action::NoOp) {
        let line = format!("{} {:?} {:?} {}\n", change.addr, change.object, change.action, change.prior_version);
        hash.update(line);
        if let Some(planned) = &change.planned {
            for (name, value) in planned.iter() {
                hash.update(format!("{name}="));
                add(&mut hash, value);
            }
        }
    }
    for output in &plan.outputs {
        hash.update(format!("output {}=", output.name));
        add(&mut hash, output.planned.as_ref().unwrap_or(&Value::NULL));
    }
    hex::encode(hash.finalize())
}

fn add(hash: &mut Sha256, value: &Value) {
    // The debug form of a value without marks tells everything of it; it goes nowhere but into the hash.
    let (plain, _) = value.clone().unmark_deep();
    hash.update(format!("{plain:?}\n"));
}
