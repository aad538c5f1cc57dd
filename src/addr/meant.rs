//! What somebody may have meant by an address that names nothing.

use super::InstanceAddr;
use super::Target;
use crate::diag::nearest;

/// How many instances are named.
const NAMED: usize = 5;

/// ` Did you mean …?` with the known instances that differ only by their keys, else with the address that is written
/// nearly the same; empty where there is neither.
pub fn meant(target: &Target, known: &[InstanceAddr]) -> String {
    if target.resource.is_some() {
        let same: Vec<&InstanceAddr> = known.iter().filter(|addr| target.may_cover(&addr.resource())).collect();
        if !same.is_empty() {
            return listed(&same);
        }
    }
    match slip(target, known) {
        Some(name) => format!(" Did you mean \"{name}\"?"),
        None => String::new(),
    }
}

/// The address that differs by a slip in one name: a resource's, its type's, or the last module's.
fn slip(target: &Target, known: &[InstanceAddr]) -> Option<String> {
    let path = target.module.path();
    let Some(resource) = &target.resource else {
        let (last, outer) = path.names().split_last()?;
        let beside = known.iter().filter_map(|addr| {
            let (name, _) = addr.module.steps().get(outer.len())?;
            addr.module.path().names().starts_with(outer).then_some(&**name)
        });
        let name = nearest(last, beside)?;
        let outer: Vec<String> = outer.iter().map(|name| format!("module.{name}.")).collect();
        return Some(format!("{}module.{name}", outer.concat()));
    };
    let beside = || known.iter().filter(|addr| addr.module.path() == path && addr.mode == resource.mode);
    let names = beside().filter(|addr| addr.ty == resource.ty).map(|addr| &*addr.name);
    let types = beside().filter(|addr| addr.name == resource.name).map(|addr| &*addr.ty);
    let mut meant = target.to_instance()?;
    match (nearest(&resource.name, names), nearest(&resource.ty, types)) {
        (Some(name), _) => meant.name = name.into(),
        (None, Some(ty)) => meant.ty = ty.into(),
        (None, None) => return None,
    }
    Some(meant.to_string())
}

fn listed(same: &[&InstanceAddr]) -> String {
    let names: Vec<String> = same.iter().take(NAMED).map(|addr| format!("`{addr}`")).collect();
    let more = match same.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" or one of {more} more"),
    };
    let text = match names.split_last() {
        Some((last, rest)) if more.is_empty() && !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.join(", "),
    };
    // A shell takes the quotes of a key for its own.
    let has_quotes = same.iter().take(NAMED).any(|addr| addr.to_string().contains('"'));
    let quoting = if has_quotes { " In a shell, write the address in single quotes." } else { "" };
    format!(" Did you mean {text}{more}?{quoting}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_named_and_slips_are_found() {
        let known = |addrs: &[&str]| addrs.iter().map(|addr| addr.parse().unwrap()).collect::<Vec<InstanceAddr>>();
        let table: [(&str, &[&str], &str); 11] = [
            (
                "a.x",
                &["a.x[\"p\"]", "a.x[\"q\"]", "a.y"],
                " Did you mean `a.x[\"p\"]` or `a.x[\"q\"]`? In a shell, write the address in single quotes.",
            ),
            ("a.x[3]", &["a.x[0]"], " Did you mean `a.x[0]`?"),
            (
                "a.x",
                &["a.x[0]", "a.x[1]", "a.x[2]", "a.x[3]", "a.x[4]", "a.x[5]"],
                " Did you mean `a.x[0]`, `a.x[1]`, `a.x[2]`, `a.x[3]`, `a.x[4]` or one of 1 more?",
            ),
            ("module.m.a.x", &["module.m[0].a.x"], " Did you mean `module.m[0].a.x`?"),
            ("acme_vm.wbe", &["acme_vm.web[0]"], " Did you mean \"acme_vm.web\"?"),
            ("acme_vm.wbe[0]", &["acme_vm.web[0]"], " Did you mean \"acme_vm.web[0]\"?"),
            ("module.nets", &["module.net.a.x"], " Did you mean \"module.net\"?"),
            ("module.a.module.nets", &["module.a.module.net.a.x"], " Did you mean \"module.a.module.net\"?"),
            ("acme_mv.web", &["acme_vm.web"], " Did you mean \"acme_vm.web\"?"),
            ("acme_vm.a", &["acme_vm.b"], ""),
            ("acme_vm.web", &["acme_net.main"], ""),
        ];
        for (written, addrs, expected) in table {
            assert_eq!(meant(&written.parse().unwrap(), &known(addrs)), expected, "{written}");
        }
    }
}
