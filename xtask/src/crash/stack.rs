//! What is applied while it is killed: one configuration, and the phases of its life.

/// The configuration.
pub(super) const CONFIGURATION: &str = include_str!("stack.infra.hcl");

/// One apply in the life of the stack. Each starts from what the one before left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    /// Values of variables that are not their defaults.
    variables: &'static [&'static str],
    pub(super) is_destroy: bool,
    /// What must stand on each host afterwards: a line of the service's file, and one of its unit.
    pub(super) on_hosts: Option<(&'static str, &'static str)>,
}

/// Create, change in place, replace both ways, destroy.
pub(super) const PHASES: [Phase; 4] = [
    Phase {
        name: "create",
        variables: &[],
        is_destroy: false,
        on_hosts: Some(("greeting = hello\n", "Description=A small service\n")),
    },
    Phase {
        name: "update",
        variables: &["size=s-1vcpu-2gb", "greeting=good morning", "about=A greater service"],
        is_destroy: false,
        on_hosts: Some(("greeting = good morning\n", "Description=A greater service\n")),
    },
    Phase {
        name: "replace",
        variables: &[
            "size=s-1vcpu-2gb",
            "greeting=good morning",
            "about=A greater service",
            "image=ubuntu-24-04-x64",
            "generation=2",
        ],
        is_destroy: false,
        on_hosts: Some(("user     = app2\n", "Description=A greater service\n")),
    },
    Phase {
        name: "destroy",
        variables: &["size=s-1vcpu-2gb", "image=ubuntu-24-04-x64", "generation=2"],
        is_destroy: true,
        on_hosts: None,
    },
];

impl Phase {
    /// The options that a plan or an apply of this phase takes.
    pub(super) fn options(&self) -> Vec<String> {
        let variables = self.variables.iter().map(|variable| format!("-var={variable}"));
        variables.chain(self.is_destroy.then(|| "-destroy".to_owned())).collect()
    }
}
