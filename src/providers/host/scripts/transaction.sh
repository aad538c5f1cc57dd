#!/bin/sh
# One transaction: stage, check, owe, commit, activate, gate; or else everything as it was.
#
# It may be killed at any line. Before `committing` nothing but names of our own was added, and the next run clears them
# away. After it, `owed` says which processes run with something older than their configuration; whoever comes next
# reads that and completes it.
#
# The program sets what outcome.sh names and defines stage_all, check_all, flush_staged, owe_all, commit_all,
# activate_all, gate_units, settle_all, undo_all (in reverse) and redo_all.

must_reload_manager=no
# What could not be put back, as it was.
copy=''

transact() {
    open_store || decline || return
    begun=$(date +%s)
    rm -rf -- "$store"/verify/*
    note_leftovers "$leftovers"
    begin staging || return
    if ! stage_all || ! check_all; then
        clear_leftovers
        conclude failed
        return
    fi
    flush_staged
    if owe_all && receipt committing && commit_all &&
        receipt activating && reload_manager && activate_all &&
        receipt gating && gate; then
        settle_all
        rm -f -- "$store/leftovers"
        conclude 'done'
        return
    fi
    # What failed may concern no member in particular: then it is the first one's.
    failed=${failed:-0}
    because=${because:-/var/lib/infra cannot be written}
    last_words
    told=$because
    receipt restoring
    undo_all
    reload_manager || spoil "$because"
    redo_all
    because=$told
    clear_leftovers
    if [ -z "$undone" ]; then conclude restored; else conclude broken; fi
}

# spoil REASON: putting back goes on with the rest, and says so; with the copy of what stood there, where there is one.
spoil() {
    undone="$undone; $1${copy:+ (what stood there is in $copy on the host)}"
    copy=
}

reload_manager() {
    [ "$must_reload_manager" = yes ] || return 0
    because=$(ctl daemon-reload 2>&1) || {
        because="systemctl daemon-reload: $because"
        return 1
    }
}

# gate: looks once a second until each unit has passed or one has not.
gate() {
    elapsed=0
    while :; do
        pending=
        began_at=$(date +%s)
        gate_units || return 1
        [ -n "$pending" ] || return 0
        elapsed=$((elapsed + $(date +%s) - began_at))
        sleep 1
        elapsed=$((elapsed + 1))
    done
}

# The last words of the unit that failed, before a restart of the earlier one adds its own.
last_words() {
    recall "name_$failed"
    [ -n "$it" ] && command -v journalctl >/dev/null 2>&1 || return 0
    last_lines=$(journalctl --no-pager -q -n 20 -o short-iso --since "@$begun" -u "$it" 2>/dev/null)
}
