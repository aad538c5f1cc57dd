#!/bin/sh
# What makes room for the rest: packages, groups, users, directories. Each by itself, one after another: what is done
# stays done, and the first that fails ends it. To do it again does no harm, so that a kill at any line leaves nothing
# behind that the next run does not bring to its end.
#
# The program defines prepare_all and observe_all, and sets what transaction.sh names.

prepare() {
    open_store || decline || return
    note_leftovers "$leftovers"
    receipt preparing
    if prepare_all; then
        conclude 'done'
        return
    fi
    failed=${failed:-0}
    conclude stopped
}

# prepare_directory N PATH MODE OWNER GROUP PARENTS
prepare_directory() {
    at=$root$2
    look "$at"
    case $kind in
    directory) ;;
    absent)
        [ -d "${at%/*}/" ] || [ "$6" = yes ] ||
            refuse "$1" "the folder ${2%/*} does not exist: create it first, or set create_parents" || return 1
        because=$( (umask 022 && mkdir -p -- "$at") 2>&1) || refuse "$1" "$2: $because" || return 1
        flush "${at%/*}"
        ;;
    *) refuse "$1" "$2 is there already, and is no directory ($kind)" || return 1 ;;
    esac
    dress "$at" "$3" "$4" "$5" || refuse "$1" "$2: $because"
}

# prepare_directory_removal N PATH RECURSIVE
prepare_directory_removal() {
    at=$root$2
    look "$at"
    case $kind in
    absent) return 0 ;;
    directory) ;;
    *) refuse "$1" "$2 is no directory any more ($kind); plan again" || return 1 ;;
    esac
    if [ "$3" = yes ]; then
        because=$(rm -rf --one-file-system -- "$at" 2>&1) || refuse "$1" "$2: $because" || return 1
    else
        because=$(rmdir -- "$at" 2>&1) ||
            refuse "$1" "$2 is not removed, as something is in it still; with \`recursive\` all that is in it goes too" ||
            return 1
    fi
    flush "${at%/*}"
}
