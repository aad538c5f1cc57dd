#!/bin/sh
# What a run that was killed has left beside its targets is cleared away by the next one, whatever that is about: so all that
# may be noted for that is known to every run that changes something.

# note_leftovers SCRIPT: what must be cleared away should we be killed; a script, as names may hold anything.
note_leftovers() { printf '%s' "$1" | write "$store/leftovers"; }

clear_leftovers() {
    [ -f "$store/leftovers" ] || return 0
    # shellcheck disable=SC1091 # written by note_leftovers
    . "$store/leftovers"
    rm -f -- "$store/leftovers"
}

# unmake MADE ABOVE: takes away folders that were made, from MADE up to ABOVE, where they are empty again; both in base64, a
# dot ends each, as names may end in lines.
unmake() {
    made=$(printf %s "$1" | base64 -d) && above=$(printf %s "$2" | base64 -d) || return 0
    made=${made%.} above=${above%.}
    remove_empty
}

remove_empty() {
    while [ -n "$made" ] && [ "$made" != "$above" ]; do
        rmdir -- "$root$made" 2>/dev/null
        made=${made%/*}
    done
    return 0
}

# Which services may start while packages are installed; see policy.sh.
policy=$root/usr/sbin/policy-rc.d

restore_policy() {
    if [ -f "$policy" ] && grep -q '^# infra:' "$policy"; then rm -f -- "$policy"; fi
    if [ -e "$policy.infra" ]; then mv -fT -- "$policy.infra" "$policy"; fi
    rm -f -- "$store/packages/.running"
}
