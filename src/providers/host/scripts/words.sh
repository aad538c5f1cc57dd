#!/bin/sh
# Words that every script on a host knows. Files are addressed as "$root$path": the root is empty on a real machine.
# Nothing here changes the host.

LC_ALL=C
export LC_ALL
# Whoever started us may die; what has begun is brought to its end all the same.
trap '' HUP INT PIPE
umask 077

root=${INFRA_ROOT:-}
store=$root/var/lib/infra
units=/etc/systemd/system

if base64 -w 0 </dev/null >/dev/null 2>&1; then
    b64() { base64 -w 0; }
else
    b64() { base64 | tr -d '\n'; }
fi

# spell TEXT: as one word, in `it`: behind a colon where it is plain, else in base64; `-` for nothing.
spell() {
    case $1 in
    '') it=- ;;
    *[!A-Za-z0-9/._@,-]*) it=$(printf %s "$1" | b64) ;;
    *) it=:$1 ;;
    esac
}

# keep NAME VALUE, recall NAME: variables whose names carry a member's number; what was recalled is in `it`.
keep() { eval "$1=\$2"; }
recall() { eval "it=\${$1-}"; }

# sum FILE: its SHA-256 in `it`.
sum() {
    it=$(sha256sum <"$1") || return 1
    it=${it%% *}
}

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

# Whether a transaction is at work; the number of its process is in `holder`. Only the kernel knows who holds a lock: it
# sees across namespaces, and forgets the dead.
is_at_work() {
    [ -f "$store/lock" ] || return 1
    holder=$(cat -- "$store/lock" 2>/dev/null)
    (exec 8<"$store/lock" && flock -sn 8) 2>/dev/null
    [ $? = 1 ]
}

# How many seconds one transaction waits for another.
patience=120

# look PATH: what stands there, in `kind` (absent, link, directory, regular, special, hidden).
look() {
    if [ -h "$1" ]; then
        kind='link'
    elif [ -d "$1" ]; then
        kind=directory
    elif [ -f "$1" ]; then
        kind=regular
        [ -r "$1" ] || kind=hidden
    elif [ -e "$1" ]; then
        kind=special
    else
        kind=absent
        # A folder that we may not enter hides what it holds: that is not absence.
        above=${1%/*}
        while [ -n "$above" ] && [ ! -e "$above" ]; do above=${above%/*}; done
        if [ -d "$above" ] && [ ! -x "$above" ]; then kind=hidden; fi
    fi
}

# dropins NAME [FOLDER]: a hash over the drop-ins of a unit, whoever wrote them, in `it`; `-` when there are none. FOLDER
# stands for the one in which the machine's own are.
dropins() {
    it=-
    set -- "$1" "${2:-$root$units/$1.d}"
    for dropin in "$2"/*.conf "$root/run/systemd/system/$1.d"/*.conf; do
        [ -f "$dropin" ] || continue
        it=$(cat -- "$2"/*.conf "$root/run/systemd/system/$1.d"/*.conf 2>/dev/null | sha256sum)
        it=${it%% *}
        return 0
    done
}
