#!/bin/sh
# One transaction: stage, check, owe, commit, activate, gate; or else everything as it was.
#
# It may be killed at any line. Before `committing` nothing but names of our own was added, and the next run clears them
# away. After it, `owed` says which processes run with something older than their configuration; whoever comes next
# reads that and completes it.
#
# The program sets the variables below and defines stage_all, check_all, flush_staged, owe_all, commit_all,
# activate_all, gate_units, settle_all, undo_all (in reverse), redo_all and observe_all.

# The operation; how many members; a line for each, for the receipt; what clears away the staged files.
op='' count=0 members='' leftovers=''
# What takes away the folders that were made for them, the last one first.
unmakes=''
must_reload_manager=no
failed='' because='' undone=''
# Of what was put back: the units that run again, and those that do not; and the last lines of the one that failed.
again='' down='' last_lines=''

# receipt PHASE: where the transaction stands, for whoever asks after a crash.
receipt() {
    phase=$1
    {
        printf 'receipt %s %s\n%s' "$op" "$phase" "$members"
        outcomes
    } | write "$store/receipts/$op"
}

# One line a member: applied, restored, untouched or failed, why, and what kind of failure that is; then how things stand.
outcomes() {
    n=0
    while [ "$n" -lt "$count" ]; do
        recall "touched_$n" && touched=$it
        recall "acted_$n" && touched=$touched$it
        recall "hooked_$n" && touched=$touched$it
        case $phase in
        done) outcome=applied ;;
        stopped)
            recall "prepared_$n"
            outcome=${it:+applied}
            ;;
        failed) outcome=untouched ;;
        restored) outcome=${touched:+restored} ;;
        broken) outcome=${touched:+failed} ;;
        *) outcome=begun ;;
        esac
        # A command that nothing takes back has been run all the same.
        recall "stays_$n"
        case $phase,$it in restored,yes | broken,yes) outcome=applied ;; esac
        case $phase in failed | stopped | restored | broken) if [ "$n" = "$failed" ]; then outcome=failed; fi ;; esac
        reason=
        recall "class_$n" && class=$it
        if [ "$outcome" = failed ] && [ "$n" = "$failed" ]; then
            reason=$because
        elif [ "$outcome" = failed ]; then
            # Which one could not be put back is not known of each.
            reason="it may not be as it was before: ${undone#; }" class=spoilt
        fi
        # Several may fail at once.
        recall "fault_$n"
        if [ -n "$it" ]; then outcome=failed reason=$it; fi
        if [ -n "$reason" ]; then
            printf 'outcome %s failed %s %s\n' "$n" "$(printf %s "$reason" | b64)" "${class:--}"
        else
            printf 'outcome %s %s -\n' "$n" "${outcome:-untouched}"
        fi
        n=$((n + 1))
    done
    [ -z "$undone$again$down$last_lines" ] || {
        line=standing
        for words in "${undone#; }" "${again#, }" "${down#; }" "$last_lines"; do
            it=$(printf %s "$words" | b64)
            line="$line ${it:--}"
        done
        echo "$line"
    }
}

# Says why nothing was begun.
decline() {
    printf 'busy %s\n' "$(printf %s "${because:-the folder /var/lib/infra cannot be written}" | b64)"
    return 1
}

transact() {
    open_store || decline || return
    rm -rf -- "$store"/verify/*
    note_leftovers "$leftovers"
    receipt staging
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
    see_again
    because=$told
    clear_leftovers
    if [ -z "$undone" ]; then conclude restored; else conclude broken; fi
}

# spoil REASON: putting back goes on with the rest, and says so.
spoil() { undone="$undone; $1"; }

conclude() {
    receipt "$1"
    rm -rf -- "$store"/verify/*
    # What was there before is kept only until the end is sure: it may hold what must not be found later.
    case $1 in broken) ;; *) rm -f -- "$store"/cas/* ;; esac
    prune
    observe_receipt "$op"
    observe_all
    release_lock
}
