#!/bin/sh
# How far a bundle has come, and how each of its members ended: the receipt that stays on the host, and what is told.
#
# The program sets the variables below, and defines observe_all.

# The operation; how many members; a line for each, for the receipt; what clears away the staged files.
op='' count=0 members='' leftovers=''
failed='' because='' undone=''

# Of what was put back: the units that run again, and those that do not; and the last lines of the one that failed.
again='' down='' last_lines=''

# refuse N REASON [CLASS]: member N cannot be what was planned. The first line of the reason is a sentence; lines after it
# are shown as they are. The class says what kind of failure it is (see `Class` in answer/receipt.rs).
refuse() {
    failed=$1
    because=$2
    keep "class_$1" "${3-}"
    return 1
}

# fault N [REASON]: one of several that fail; without a reason, the one that was just given. A member may have more than one.
fault() {
    recall "fault_$1"
    keep "fault_$1" "$it${it:+
}${2:-$because}"
    keep "prepared_$1" ''
    [ -n "$failed" ] || refuse "$1" "${2-$because}" || :
}

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

# begin PHASE: the first receipt; where it cannot be written, nothing is begun.
begin() {
    because=$(receipt "$1" 2>&1) || {
        because="/var/lib/infra cannot be written${because:+: $because}"
        decline
        release_lock
        return 1
    }
    phase=$1
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
    case $1 in broken) ;; *) forget_versions ;; esac
    prune
    observe_receipt "$op"
    observe_all
    release_lock
}
