#!/bin/sh
# What a host remembers of us, under /var/lib/infra: who is at work (lock), what a killed run left beside its targets
# (leftovers), earlier versions of files by their hash (cas), restarts that are owed (owed), what each unit's process
# last took up (applied), and how each transaction went (receipts).

# write FILE: stdin becomes the file, whole or not at all.
write() {
    cat >"$1.tmp" && flush "$1.tmp" && mv -fT -- "$1.tmp" "$1" && flush "${1%/*}"
}

# flush PATH...: returns when it cannot be lost.
flush() { sync -- "$@" 2>/dev/null || sync; }

open_store() {
    for folder in cas owed applied receipts verify; do
        mkdir -p -- "$store/$folder" || return 1
    done
    take_lock && clear_leftovers
}

# The lock holds its owner's name, so that death releases it. A hard link appears with its content or not at all.
take_lock() {
    process $$ || it="$$ - -"
    me=$it
    waited=0 tries=0
    until printf '%s\n' "$me" >"$store/lock.$$" && ln -- "$store/lock.$$" "$store/lock" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 1000 ] || return 1
        if is_at_work; then
            [ "$waited" -lt "$patience" ] || {
                rm -f -- "$store/lock.$$"
                because="process ${holder%% *} has been at work on this host for more than ${patience}s"
                return 1
            }
            sleep 1
            # Nobody listens any more: whoever started us is gone, and has begun nothing yet.
            echo waiting 2>/dev/null || {
                rm -f -- "$store/lock.$$"
                because='whoever started this is gone'
                return 1
            }
            waited=$((waited + 1))
            continue
        fi
        [ -e "$store/lock" ] || continue
        # Two may find the same dead owner: whoever moves away a living one's lock puts it back.
        mv -fT -- "$store/lock" "$store/lock.$$.dead" 2>/dev/null || continue
        if [ "$(cat -- "$store/lock.$$.dead")" != "$holder" ]; then
            ln -- "$store/lock.$$.dead" "$store/lock" 2>/dev/null
        fi
        rm -f -- "$store/lock.$$.dead"
    done
    rm -f -- "$store/lock.$$"
    # What others that were killed have left here.
    rm -f -- "$store"/lock.* "$store"/*.tmp "$store"/*/*.tmp
}

release_lock() { rm -f -- "$store/lock"; }

# note_leftovers SCRIPT: what must be cleared away should we be killed; a script, as names may hold anything.
note_leftovers() { printf '%s' "$1" | write "$store/leftovers"; }

clear_leftovers() {
    [ -f "$store/leftovers" ] || return 0
    # shellcheck disable=SC1091 # written by note_leftovers
    . "$store/leftovers"
    rm -f -- "$store/leftovers"
}

# keep_version FILE: its content goes to the store; its hash in `it`.
keep_version() {
    sum "$1" || return 1
    [ -f "$store/cas/$it" ] || {
        cp -- "$1" "$store/cas/$it.tmp" && flush "$store/cas/$it.tmp" && mv -fT -- "$store/cas/$it.tmp" "$store/cas/$it"
    } || return 1
    touch -- "$store/cas/$it"
}

# Of versions and receipts the newest stay.
prune() {
    # shellcheck disable=SC2012 # the names are hashes and operations: letters and digits
    ls -t "$store/cas" | tail -n +301 | while read -r name; do rm -f -- "$store/cas/$name"; done
    # shellcheck disable=SC2012
    ls -t "$store/receipts" | tail -n +101 | while read -r name; do rm -f -- "$store/receipts/$name"; done
}
