#!/bin/sh
# How far a bundle has come, and how each of its members ended: the receipt that stays on the host, and what is told.
#
# The program sets the variables below, and defines observe_all.

# The operation; how many members; a line for each, for the receipt; what clears away the staged files.
op='' count=0 members='' leftovers=''
failed='' because='' undone=''

# refuse N REASON: member N cannot be what was planned.
refuse() {
    failed=$1
    because=$2
    return 1
}

# receipt PHASE: where the transaction stands, for whoever asks after a crash.
receipt() {
    phase=$1
    {
        printf 'receipt %s %s\n%s' "$op" "$phase" "$members"
        outcomes
    } | write "$store/receipts/$op"
}

# One line a member: applied, restored, untouched or failed, and why.
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
        if [ "$outcome" = failed ]; then reason=$(printf %s "$because$undone" | b64); fi
        # Several may fail at once.
        recall "fault_$n"
        if [ -n "$it" ]; then outcome=failed reason=$(printf %s "$it" | b64); fi
        printf 'outcome %s %s %s\n' "$n" "${outcome:-untouched}" "${reason:--}"
        n=$((n + 1))
    done
}

# Says why nothing was begun.
decline() {
    printf 'busy %s\n' "$(printf %s "${because:-the folder /var/lib/infra cannot be written}" | b64)"
    return 1
}

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
