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
    /// What must stand on each host afterwards.
    pub(super) on_hosts: Option<OnHosts>,
}

/// What must stand on a host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OnHosts {
    /// A line of the service's file.
    pub(super) file: &'static str,
    /// What its unit and its drop-in say of it.
    pub(super) about: &'static str,
    /// Whether the helper runs.
    pub(super) has_helper: bool,
}

/// Create, change in place, replace both ways, destroy.
pub(super) const PHASES: [Phase; 4] = [
    Phase {
        name: "create",
        variables: &[],
        is_destroy: false,
        on_hosts: Some(OnHosts { file: "greeting = hello\n", about: "A small service", has_helper: true }),
    },
    Phase {
        name: "update",
        variables: &["size=s-1vcpu-2gb", "greeting=good morning", "about=A greater service", "helper=stopped"],
        is_destroy: false,
        on_hosts: Some(OnHosts { file: "greeting = good morning\n", about: "A greater service", has_helper: false }),
    },
    Phase {
        name: "replace",
        variables: &[
            "size=s-1vcpu-2gb",
            "greeting=good morning",
            "about=A greater service",
            "helper=stopped",
            "image=ubuntu-24-04-x64",
            "generation=2",
        ],
        is_destroy: false,
        on_hosts: Some(OnHosts { file: "user     = app2\n", about: "A greater service", has_helper: false }),
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
