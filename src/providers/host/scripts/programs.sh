#!/bin/sh
# Programs of the host that must not be reached from a private root, or that may take long. Nothing here changes the host.

# Whether units can be managed: a private root without a service manager of its own must not reach the machine's.
has_units() {
    { [ -z "$root" ] || [ -n "${INFRA_BIN:-}" ]; } && command -v systemctl >/dev/null 2>&1
}

# within SECONDS PROGRAM...: ends it, and all that it has started, when it takes longer.
# ctl VERB...: the service manager's client, for as long as a start may take. It has no children and stays in our group.
# Neither keeps the lock (see take_lock) in what it leaves running.
if timeout --foreground -k 5 5 true 2>/dev/null; then
    within() { timeout -k 5 "$@" 9>&-; }
    ctl() { timeout --foreground -k 5 300 systemctl "$@" 9>&-; }
else
    within() {
        shift
        "$@" 9>&-
    }
    ctl() { systemctl "$@" 9>&-; }
fi
