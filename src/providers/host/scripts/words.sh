#!/bin/sh
# Words that every script on a host knows; `script.rs` says what else is in one. Files are addressed as "$root$path": the
# root is empty on a real machine. Nothing here changes the host.

LC_ALL=C
export LC_ALL
# Whoever started us may die; what has begun is brought to its end all the same.
trap '' HUP INT PIPE
umask 077

root=${INFRA_ROOT:-}
# shellcheck disable=SC2034 # not every script is about these
store=$root/var/lib/infra units=/etc/systemd/system

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

# look PATH: what stands there, in `kind` (absent, link, directory, regular, special, hidden).
# shellcheck disable=SC2034 # for whoever calls it
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
