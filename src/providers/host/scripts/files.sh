#!/bin/sh
# Files within a transaction: staged beside their targets, put in place by rename, put back from the store.
#
# stage_* only adds names of our own; commit_* changes what stands there; undo_* puts back what commit_* found.

# What takes away the folders that were made for them, the last one first.
unmakes=''

# skip N SIZE: what was sent for a member that cannot be staged is not taken for what comes after it.
skip() {
    recall "taken_$1"
    case $it$2 in yes* | -) ;; *) head -c "$2" <&3 >/dev/null ;; esac
}

# stage_file N PATH EXPECTED SUM SIZE MODE OWNER GROUP PARENTS
# EXPECTED is the hash last seen there, or `absent`, or `other`, or `any`: then whatever file is there gives way. SIZE
# bytes follow on stdin; `-` where only the mode or the owner changes.
stage_file() {
    at=$root$2
    staged=${at%/*}/.infra-$op-$1
    look "$at"
    keep "was_$1" "$kind"
    keep "same_$1" no
    case $kind in
    directory) refuse "$1" "$2 is a directory" || return 1 ;;
    special | hidden) refuse "$1" "$2 is not a file that can be replaced ($kind)" || return 1 ;;
    regular)
        sum "$at" || refuse "$1" "$2 cannot be read" || return 1
        keep "had_$1" "$it"
        keep "facts_$1" "$(stat -c '%a %u:%g' -- "$at")"
        if [ "$it" = "$4" ]; then
            keep "same_$1" yes
        elif [ "$3" = absent ]; then
            refuse "$1" "$2 is there already, with another content, and was not when this was planned; plan again" moved || return 1
        elif [ "$3" != any ] && [ "$it" != "$3" ]; then
            refuse "$1" "$2 has changed since it was last read (it is $it, it was $3); plan again" moved || return 1
        fi
        ;;
    link) keep "had_$1" "$(readlink -n -- "$at"; echo .)" ;;
    esac
    if [ "$5" = - ]; then
        recall "same_$1"
        [ "$it" = yes ] || refuse "$1" "$2 has changed since it was last read; plan again" moved || return 1
        keep "mode_$1" "$6" && keep "owner_$1" "$7" && keep "group_$1" "$8"
        return 0
    fi
    stage_folder "$1" "${2%/*}" "$9" || return 1
    because=$( { : >"$staged"; } 2>&1) || refuse "$1" "$2 cannot be staged beside its target: $because" || return 1
    keep "taken_$1" yes
    # All of it is taken, also where it cannot be written: what comes behind it is for others.
    head -c "$5" <&3 | { cat >"$staged" || { cat >/dev/null && false; }; } 2>/dev/null ||
        refuse "$1" "$2 cannot be staged beside its target: it cannot be written" || return 1
    sum "$staged" && [ "$it" = "$4" ] || refuse "$1" "the upload of $2 broke off" || return 1
    dress "$staged" "$6" "$7" "$8" || refuse "$1" "$2: $because" || return 1
    keep "mode_$1" "$6" && keep "owner_$1" "$7" && keep "group_$1" "$8"
    recall "same_$1"
    [ "$it" = yes ] || part_of_manager "$1" "$2"
}

# part_of_manager N PATH: what changes below the folder of units, a drop-in perhaps, the manager must read again.
part_of_manager() {
    case $2 in "$units"/*)
        must_reload_manager=yes
        keep "part_$1" "$2"
        ;;
    esac
}

# own PATH, unown PATH: drop-ins that we put there are on record, so that they are told from others'.
own() {
    case $1 in "$units"/*.d/*) ;; *) return 0 ;; esac
    mkdir -p -- "$store/ours${1%/*}" && touch -- "$store/ours$1"
}
unown() { rm -f -- "$store/ours$1"; }

# stage_folder N FOLDER PARENTS: makes what is missing, if that is wished, and remembers it, durably before it does.
stage_folder() {
    keep "made_$1" ''
    [ -d "$root$2/" ] && return 0
    [ "$3" = yes ] || blame_folder "$1" "$2" || return 1
    above=$2
    while [ -n "$above" ] && [ ! -e "$root$above" ]; do
        above=${above%/*}
    done
    keep "made_$1" "$2"
    keep "above_$1" "$above"
    unmakes="unmake $(printf '%s.' "$2" | b64) $(printf '%s.' "$above" | b64)
$unmakes"
    note_leftovers "$leftovers$unmakes" || refuse "$1" '/var/lib/infra cannot be written' || return 1
    because=$( (umask 022 && mkdir -p -- "$root$2") 2>&1) || blame_folder "$1" "$2" "$because" || return 1
}

# commit_file N PATH
commit_file() {
    at=$root$2
    recall "mode_$1" && mode=$it && recall "owner_$1" && owner=$it && recall "group_$1" && group=$it
    own "$2"
    recall "same_$1"
    if [ "$it" = yes ]; then
        rm -f -- "${at%/*}/.infra-$op-$1"
        before=$(stat -c '%a %u:%g' -- "$at")
        # It may get half of what it should have.
        keep "touched_$1" dressed
        dress "$at" "$mode" "$owner" "$group" || refuse "$1" "$2: $because" || return 1
        [ "$before" != "$(stat -c '%a %u:%g' -- "$at")" ] || keep "touched_$1" ''
        return 0
    fi
    recall "was_$1"
    if [ "$it" = regular ]; then
        keep_version "$at" || refuse "$1" "the present version of $2 cannot be kept" || return 1
        # Between staging and now somebody else may have written.
        now=$it
        recall "had_$1"
        [ "$now" = "$it" ] || refuse "$1" "$2 has changed while this was being applied; plan again" moved || return 1
    fi
    keep "touched_$1" replaced
    because=$(mv -fT -- "${at%/*}/.infra-$op-$1" "$at" 2>&1) || refuse "$1" "$2: $because" || return 1
    if [ -z "$root" ] && command -v restorecon >/dev/null 2>&1; then restorecon -- "$at"; fi
    flush "${at%/*}"
}

# undo_file N PATH
undo_file() {
    at=$root$2
    recall "touched_$1"
    if [ "$it" = removed ]; then own "$2"; fi
    staged=${at%/*}/.infra-$op-$1
    recall "facts_$1" && facts=$it
    recall "touched_$1"
    case $it in
    '') return 0 ;;
    dressed) chown -- "${facts#* }" "$at" && chmod -- "${facts%% *}" "$at" && return 0 ;;
    *) ;;
    esac
    recall "was_$1" && was=$it
    recall "had_$1" && had=$it
    case $was in
    absent) unown "$2" && rm -f -- "$at" && remove_folders "$1" && flush "${at%/*}" 2>/dev/null ;;
    link) rm -f -- "$staged" && ln -s -- "${had%.}" "$staged" && mv -fT -- "$staged" "$at" && flush "${at%/*}" ;;
    *)
        copy=$store/cas/$had
        cp -- "$store/cas/$had" "$staged" && chown -- "${facts#* }" "$staged" && chmod -- "${facts%% *}" "$staged" &&
            flush "$staged" && mv -fT -- "$staged" "$at" && flush "${at%/*}" && copy=
        ;;
    esac
}

# remove_folders N: those that stage_folder made and that are empty again.
remove_folders() {
    recall "made_$1" && made=$it
    recall "above_$1" && above=$it
    remove_empty
}

# stage_removal N PATH EXPECTED
stage_removal() {
    at=$root$2
    look "$at"
    keep "was_$1" "$kind"
    case $kind in
    absent) ;;
    link)
        keep "had_$1" "$(readlink -n -- "$at"; echo .)"
        [ "$3" = other ] || refuse "$1" "$2 has become a symlink since it was last read; plan again" moved || return 1
        ;;
    regular)
        sum "$at" || refuse "$1" "$2 cannot be read" || return 1
        keep "had_$1" "$it"
        keep "facts_$1" "$(stat -c '%a %u:%g' -- "$at")"
        [ "$it" = "$3" ] || refuse "$1" "$2 has changed since it was last read (it is $it, it was $3); plan again" moved || return 1
        ;;
    *) refuse "$1" "$2 is not a file ($kind)" || return 1 ;;
    esac
    [ "$kind" = absent ] || {
        part_of_manager "$1" "$2"
        recall "part_$1"
        keep "goes_$1" "$it"
    }
}

# commit_removal N PATH
commit_removal() {
    at=$root$2
    recall "was_$1"
    case $it in
    absent) return 0 ;;
    regular) keep_version "$at" || refuse "$1" "the present version of $2 cannot be kept" || return 1 ;;
    esac
    keep "touched_$1" removed
    because=$(rm -f -- "$at" 2>&1) || refuse "$1" "$2: $because" || return 1
    unown "$2"
    flush "${at%/*}"
}
