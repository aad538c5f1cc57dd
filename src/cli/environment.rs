//! The environment as it was when the program started. Each `TF_` variable has an `INFRA_` twin, which wins.

use std::collections::BTreeMap;

use super::options::boolean;
use crate::config::Input;

/// The process's environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// What this process was given; what is not text is not for us.
    pub(super) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { variables: std::env::vars_os().filter_map(text).collect() }
    }

    /// A variable of exactly this name, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// `INFRA_name`, else `TF_name`.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.get(&format!("INFRA_{name}")).or_else(|| self.get(&format!("TF_{name}")))
    }

    /// A setting that is on or off; what is neither counts as on, as it was set for a reason.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        self.setting(name).map(|text| boolean(text).unwrap_or(true))
    }

    /// The values for variables: `TF_VAR_name`, or `INFRA_VAR_name` where both are there. An empty one is a value.
    pub(super) fn inputs(&self) -> Vec<Input> {
        let of = |prefix: &'static str| {
            let all = self.variables.iter();
            all.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone())))
        };
        let found: BTreeMap<String, String> = of("TF_VAR_").chain(of("INFRA_VAR_")).collect();
        found.into_iter().map(|(name, value)| Input::Env { name, value }).collect()
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { variables: variables.iter().map(owned).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twin_of_infra_wins() {
        let both =
            Environment::of(&[("TF_WORKSPACE", "a"), ("INFRA_WORKSPACE", "b"), ("TF_INPUT", "0"), ("TF_LOG", "")]);
        assert_eq!(both.setting("WORKSPACE"), Some("b"));
        assert_eq!(both.switch("INPUT"), Some(false));
        assert_eq!(both.setting("LOG"), None);
        let inputs = Environment::of(&[("TF_VAR_x", "1"), ("TF_VAR_y", ""), ("INFRA_VAR_x", "2")]).inputs();
        let named = |name: &str, value: &str| Input::Env { name: name.to_owned(), value: value.to_owned() };
        assert_eq!(inputs, [named("x", "2"), named("y", "")]);
    }
}
