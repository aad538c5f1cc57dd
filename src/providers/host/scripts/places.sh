#!/bin/sh
# Says what stands at paths, one record a line, as all that a script tells: words apart by spaces, text as `spell` makes it,
# `end` at the end. Nothing here changes the host.

# name_owners USER GROUP: their names, which may hold spaces, as words in user_word and group_word.
name_owners() {
    spell "$1" && user_word=$it
    spell "$2" && group_word=$it
}

# split_owners: takes the names of a user and a group off the end of `facts`, where each has a line, into `user` and `group`.
split_owners() {
    group=${facts##*
}
    facts=${facts%
*}
    user=${facts##*
}
    facts=${facts%
*}
}

# observe_places N WANT PATH KNOWN...: what stands at each, where a file or a directory is wanted, as observe_file and
# observe_directory say it; where a unit is (units.sh), PATH is its name, and what is on record for it is said. One program looks at
# all of them, rather than some at each; where anything is not as it should be, one after another.
observe_places() {
    observe_together "$@" || while [ $# -gt 0 ]; do
        "observe_$2" "$1" "$3" "$4"
        shift 4
    done
}

# Fails before it has said anything. What a program says of a file has as many lines for each, and it ends well when it has
# told of all.
observe_together() {
    list='' files=0 left=$(($# / 4))
    while [ "$left" -gt 0 ]; do
        case $3 in *'
'*) return 1 ;; esac
        at=$root$3 known=$4
        if [ "$2" = unit ]; then at=$store/applied/$3 known=$3; fi
        look "$at"
        if [ "$2-$kind" != unit-link ] && [ "$kind" = link ]; then lead "$at" && known=$it; fi
        list="$list$1 $2 $kind $known
"
        case $2-$kind in
        file-regular | unit-regular) files=1 && set -- "$@" "$at" ;;
        directory-directory) set -- "$@" "$at" ;;
        esac
        shift 4
        left=$((left - 1))
    done
    all='' sums=''
    if [ $# -gt 0 ]; then
        all=$(stat -c '%u %g %a %s %Y
%U
%G' -- "$@" 2>/dev/null) || return 1
    fi
    if [ "$files" = 1 ]; then
        sums=$(sum_files "$@") || return 1
    fi
    while read -r number want kind known <&5; do
        case $want-$kind in
        file-regular | unit-regular | directory-directory)
            IFS= read -r facts <&6 && IFS= read -r user <&6 && IFS= read -r group <&6
            if [ "$want" != directory ]; then read -r it _ <&7; fi
            # A name that holds a backslash is told with one in front of the hash.
            "tell_$want" "$number" "$1" "$known" "${it#\\}"
            shift
            ;;
        unit-*) facts=0 && "tell_$want" "$number" - "$known" ;;
        -) ;;
        *-link) printf '%s %s link %s\n' "$want" "$number" "$known" ;;
        *) printf '%s %s %s\n' "$want" "$number" "$kind" ;;
        esac
    done 5<<LIST 6<<ALL 7<<SUMS
$list
LIST
$all
ALL
$sums
SUMS
}

# lead LINK: where a symlink leads, as a word in `it`.
lead() { spell "$(readlink -- "$1")"; }

# tell_other WANT N PATH: that something else stands there, or nothing, with `kind` as found.
tell_other() {
    it=
    if [ "$kind" = link ]; then lead "$3"; fi
    printf '%s %s %s%s\n' "$1" "$2" "$kind" "${it:+ $it}"
}

# sum_files FILE...: a line with the hash of each that is no directory.
sum_files() {
    left=$#
    while [ "$left" -gt 0 ]; do
        if [ ! -d "$1" ]; then set -- "$@" "$1"; fi
        shift
        left=$((left - 1))
    done
    sha256sum -- "$@" 2>/dev/null
}

# tell_file N FILE KNOWN SUM: with `facts`, `user` and `group` as found.
tell_file() {
    sum=$4
    name_owners "$user" "$group"
    content=-
    size=${facts% *}
    size=${size##* }
    if [ "$sum" = "$3" ]; then
        content='='
    elif [ "$size" -le 1048576 ]; then
        if [ "$size" = 0 ]; then content=+; else content=$(b64 <"$2"); fi
        # What cannot be read any more is not empty.
        content=${content:--}
    fi
    printf 'file %s regular %s %s %s %s %s\n' "$1" "$user_word" "$group_word" "$facts" "$sum" "$content"
}

# observe_file N PATH KNOWN: the content follows only when its hash is not the known one, and up to 1 MiB.
observe_file() {
    at=$root$2
    look "$at"
    if [ "$kind" != regular ]; then
        tell_other file "$1" "$at"
        return
    fi
    if ! facts=$(stat -c '%u %g %a %s %Y
%U
%G' -- "$at") || ! sum "$at"; then
        # It may be gone by now: a script can outlive the run that started it.
        look "$at"
        if [ "$kind" = regular ]; then kind=hidden; fi
        tell_other file "$1" "$at"
        return
    fi
    split_owners
    tell_file "$1" "$at" "$3" "$it"
}

# observe_directory N PATH
observe_directory() {
    at=$root$2
    look "$at"
    if [ "$kind" != directory ]; then
        tell_other directory "$1" "$at"
        return
    fi
    if ! facts=$(stat -c '%u %g %a %s %Y
%U
%G' -- "$at"); then
        printf 'directory %s hidden\n' "$1"
        return
    fi
    split_owners
    tell_directory "$1" "$at"
}

# tell_directory N DIRECTORY: with `facts`, `user` and `group` as found.
tell_directory() {
    name_owners "$user" "$group"
    printf 'directory %s directory %s %s %s\n' "$1" "$user_word" "$group_word" "${facts% * *}"
}
