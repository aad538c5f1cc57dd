#!/bin/sh
# Commands within a transaction. What has run is on record under `commands`, by a key of the command and with a hash over
# what it ran for, so that a run that was killed is not repeated, and a host that is new runs it anew.
#
# The words at the end of each call are NAME=value, for the environment.

# run_command N KEY HASH SECONDS USER FOLDER CREATES CHECK RUN NAME=value...
run_command() {
    number=$1 key=$2 hash=$3 limit=$4 user=$5 folder=$6 creates=$7 check=$8
    shift 8
    run=$1
    shift
    ran=
    if [ -f "$store/commands/$key" ]; then read -r ran <"$store/commands/$key"; fi
    keep "had_$number" "$ran"
    # A check decides by itself; without one, once is enough, as long as what came of it is there.
    if misses "$creates"; then
        ran=
    elif [ -n "$check" ]; then
        if perform check "$key" "$limit" "$user" "$folder" "$check" "$@"; then ran=$hash; else ran=; fi
    fi
    if [ "$ran" != "$hash" ]; then
        keep "acted_$number" yes
        perform run "$key" "$limit" "$user" "$folder" "$run" "$@" ||
            refuse "$number" "the command ends with $code${because:+:
$because}" command || return 1
        if misses "$creates"; then
            refuse "$number" "the command ended well, and there is no $creates${because:+:
$because}" command || return 1
        fi
        if [ -n "$check" ]; then
            perform check "$key" "$limit" "$user" "$folder" "$check" "$@" ||
                refuse "$number" "the command ended well, and its check ends with $code${because:+:
$because}" command || return 1
        fi
    fi
    printf '%s\n' "$hash" | write "$store/commands/$key" || return 1
    keep "stays_$number" yes
}

# undo_command N KEY SECONDS USER FOLDER UNDO NAME=value...: as it cannot be taken back without one, it stays done then.
undo_command() {
    number=$1 key=$2 limit=$3 user=$4 folder=$5 undo=$6
    shift 6
    recall "acted_$number"
    [ "$it" = yes ] && [ -n "$undo" ] || return 0
    perform undo "$key" "$limit" "$user" "$folder" "$undo" "$@" || return 1
    keep "stays_$number" ''
    recall "had_$number"
    if [ -n "$it" ]; then printf '%s\n' "$it" | write "$store/commands/$key"; else rm -f -- "$store/commands/$key"; fi
}

# remove_command N KEY SECONDS USER FOLDER UNDO NAME=value...
remove_command() {
    number=$1 key=$2 limit=$3 user=$4 folder=$5 undo=$6
    shift 6
    if [ -n "$undo" ] && [ -f "$store/commands/$key" ]; then
        perform undo "$key" "$limit" "$user" "$folder" "$undo" "$@" ||
            refuse "$number" "the command that undoes it ends with $code${because:+:
$because}" command || return 1
    fi
    rm -f -- "$store/commands/$key"
    keep "stays_$number" yes
}
