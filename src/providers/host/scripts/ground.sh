#!/bin/sh
# What files and directories need: folders to be in, an owner, a mode.

# dress FILE MODE OWNER GROUP: owner first, as a change of owner takes special bits away; empty is as it comes.
dress() {
    wanted=
    # A name may hold spaces, so that each is asked for by itself.
    [ -z "$3" ] || [ "$3" = "$(stat -c %U -- "$1")" ] || [ "$3" = "$(stat -c %u -- "$1")" ] || wanted=$3
    [ -z "$4" ] || [ "$4" = "$(stat -c %G -- "$1")" ] || [ "$4" = "$(stat -c %g -- "$1")" ] || wanted=$wanted:$4
    if [ -n "$wanted" ]; then
        because=$(chown -- "$wanted" "$1" 2>&1) || return 1
    fi
    because=$(chmod -- "$2" "$1" 2>&1)
}

# blame_folder N FOLDER [FAULT]: says why there can be nothing in it: something above it is no folder, or else it is missing,
# or could not be made for that FAULT.
blame_folder() {
    above=$2
    while [ -n "$above" ] && [ ! -e "$root$above" ] && [ ! -h "$root$above" ]; do above=${above%/*}; done
    if [ -n "$above" ] && [ ! -d "$root$above/" ]; then
        refuse "$1" "$above is no folder, so that nothing can be in it"
    elif [ -n "${3-}" ]; then
        refuse "$1" "the folder $2 cannot be made: $3"
    else
        refuse "$1" "the folder ${2:-/} does not exist: create it first, or set create_parents"
    fi
}
