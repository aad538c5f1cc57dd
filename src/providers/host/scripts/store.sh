#!/bin/sh
# What a host remembers of us, under /var/lib/infra: who is at work (lock), what a killed run left beside its targets
# (leftovers), what stood at the places of files, by its hash, until the end is sure (cas), restarts that are owed (owed), what each unit's process
# last took up (applied), which drop-ins are ours (ours), which commands have run (commands), which groups came with a user
# (own-groups), which packages came with us (packages), and how each transaction went (receipts).

# The hashes of what this transaction has kept.
versions=''

# write FILE: stdin becomes the file, whole or not at all.
write() {
    cat >"$1.tmp" && flush "$1.tmp" && mv -fT -- "$1.tmp" "$1" && flush "${1%/*}"
}

# flush PATH...: returns when it cannot be lost.
flush() { sync -- "$@" 2>/dev/null || sync; }

open_store() {
    for folder in cas owed applied receipts verify commands packages; do
        mkdir -p -- "$store/$folder" || return 1
    done
    take_lock && clear_leftovers
}

# The lock is the kernel's, on a file that nobody ever removes: so there is one file to lock, one holder, and death lets
# go of it. It belongs to descriptor 9, which the programs that we start share while they work for us; what may go on
# without us is started without it. The number in the file is for messages only.
take_lock() {
    command -v flock >/dev/null 2>&1 || {
        because='this host has no flock, which comes with util-linux'
        return 1
    }
    touch -- "$store/lock" 2>/dev/null && [ -w "$store/lock" ] || return 1
    exec 9>>"$store/lock"
    waited=0
    until flock -n 9; do
        [ "$waited" -lt "$patience" ] || {
            because="process $(cat -- "$store/lock") has been at work on this host for more than ${patience}s"
            return 1
        }
        sleep 1
        # Nobody listens any more: whoever started us is gone, and has begun nothing yet.
        echo waiting 2>/dev/null || {
            because='whoever started this is gone'
            return 1
        }
        waited=$((waited + 1))
    done
    echo $$ >"$store/lock"
    # What others that were killed have left here.
    rm -f -- "$store"/*.tmp "$store"/*/*.tmp
}

release_lock() { exec 9>&-; }

# keep_version FILE: its content goes to the store; its hash in `it`.
keep_version() {
    sum "$1" || return 1
    if [ ! -f "$store/cas/$it" ]; then
        versions="$versions $it"
        cp -- "$1" "$store/cas/$it.tmp" && flush "$store/cas/$it.tmp" &&
            mv -fT -- "$store/cas/$it.tmp" "$store/cas/$it" || return 1
    fi
    touch -- "$store/cas/$it"
}

# forget_versions: those that this transaction kept: they may hold what must not be found later. What an earlier one could
# not put back stays.
forget_versions() {
    for version in $versions; do rm -f -- "$store/cas/$version"; done
}

# Of versions and receipts the newest stay.
prune() {
    # shellcheck disable=SC2012 # the names are hashes and operations: letters and digits
    ls -t "$store/cas" | tail -n +301 | while read -r name; do rm -f -- "$store/cas/$name"; done
    # shellcheck disable=SC2012
    ls -t "$store/receipts" | tail -n +101 | while read -r name; do rm -f -- "$store/receipts/$name"; done
}
