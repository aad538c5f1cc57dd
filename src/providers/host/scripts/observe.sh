#!/bin/sh
# Says what is on a host, one record a line: words apart by spaces, text as `spell` makes it. Ends with `end`.
# Nothing here changes the host.

properties=Id,LoadState,LoadError,FragmentPath,DropInPaths,UnitFileState,ActiveState,SubState,Result,ExecMainStatus
properties=$properties,ExecMainStartTimestampMonotonic,NRestarts,NeedDaemonReload,ActiveEnterTimestampMonotonic
properties=$properties,InvocationID,Type,RemainAfterExit,CanReload,EnvironmentFiles

observe_host() {
    os=
    if [ -r "$root/etc/os-release" ]; then os=$(b64 <"$root/etc/os-release"); fi
    name=
    if [ -r "$root/etc/hostname" ]; then read -r name <"$root/etc/hostname"; fi
    spell "${name:-$(uname -n)}"
    name=$it
    memory=0
    while read -r word amount _; do
        if [ "$word" = MemTotal: ]; then memory=$amount && break; fi
    done </proc/meminfo
    cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
    read -r uptime _ </proc/uptime
    printf 'host %s %s %s %s %s\n' "${os:--}" "$(uname -rm)" "$name" "$cpus" "$memory"
    printf 'time %s %s\n' "$(date +%s)" "$uptime"
}

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
# observe_directory say it; where a unit is, PATH is its name, and what is on record for it is said. One program looks at
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
            case $want in
            # A name that holds a backslash is told with one in front of the hash.
            file) tell_file "$number" "$1" "$known" "${it#\\}" ;;
            unit) tell_unit "$number" "$known" "${facts##* }" ;;
            directory) facts=${facts% * *} && tell_directory "$number" ;;
            esac
            shift
            ;;
        unit-*) tell_unit "$number" "$known" 0 ;;
        -) ;;
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
        printf 'file %s %s\n' "$1" "$kind"
        return
    fi
    if ! facts=$(stat -c '%u %g %a %s %Y
%U
%G' -- "$at") || ! sum "$at"; then
        # It may be gone by now: a script can outlive the run that started it.
        look "$at"
        if [ "$kind" = regular ]; then kind=hidden; fi
        printf 'file %s %s\n' "$1" "$kind"
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
        printf 'directory %s %s\n' "$1" "$kind"
        return
    fi
    if ! facts=$(stat -c '%u %g %a
%U
%G' -- "$at"); then
        printf 'directory %s hidden\n' "$1"
        return
    fi
    split_owners
    tell_directory "$1"
}

# tell_directory N: with `facts`, `user` and `group` as found.
tell_directory() {
    name_owners "$user" "$group"
    printf 'directory %s directory %s %s %s\n' "$1" "$user_word" "$group_word" "$facts"
}

# observe_unit N NAME: what is owed to it, and what its process last took up. Its own file is observed among the others.
observe_unit() {
    since=0
    if [ -f "$store/applied/$2" ]; then since=$(stat -c %Y -- "$store/applied/$2"); fi
    tell_unit "$1" "$2" "$since"
}

# tell_unit N NAME SINCE
tell_unit() {
    owed=- applied=-
    if [ -f "$store/owed/$2" ]; then read -r owed _ <"$store/owed/$2"; fi
    if [ -f "$store/applied/$2" ]; then read -r applied _ <"$store/applied/$2"; fi
    printf 'unit %s %s %s %s\n' "$1" "$owed" "$applied" "$3"
    # The manager knows of those only that were there when it last read its units.
    for dropin in "$units/$2.d" "/run/systemd/system/$2.d"; do
        for path in "$root$dropin"/*.conf; do observe_part "${path#"$root"}"; done
    done
}

# observe_units NAME...: one question to the service manager for all, and the files that it says they are made of.
observe_units() {
    if ! has_units; then
        echo 'units missing'
        return
    fi
    if ! shown=$(ctl show --no-pager -p "$properties" -- "$@" 2>&1); then
        printf 'units failed %s\n' "$(printf %s "$shown" | b64)"
        return
    fi
    printf 'units shown %s\n' "$(printf %s "$shown" | b64)"
    set --
    while IFS= read -r line; do
        case $line in
        DropInPaths=?*)
            set -f
            for path in ${line#*=}; do set -- "$@" "$path"; done
            set +f
            ;;
        EnvironmentFiles=?*)
            path=${line#*=}
            set -- "$@" "${path% (ignore_errors=*}"
            ;;
        FragmentPath=?*) set -- "$@" "${line#*=}" ;;
        esac
    done <<END
$shown
END
    observe_parts "$@"
}

# observe_parts PATH...: files that units are made of; one program for all, or where one cannot be seen, one for each.
observe_parts() {
    left=$#
    while [ "$left" -gt 0 ]; do
        if [ -f "$root$1" ]; then set -- "$@" "$root$1"; fi
        shift
        left=$((left - 1))
    done
    [ $# -gt 0 ] || return 0
    if ! all=$(stat -c %Y -- "$@" 2>/dev/null); then
        for path in "$@"; do observe_part "${path#"$root"}"; done
        return
    fi
    while read -r changed; do
        tell_part "${1#"$root"}" "$changed"
        shift
    done <<END
$all
END
}

# observe_part PATH
observe_part() {
    [ -f "$root$1" ] || return 0
    # A transaction whose starter was killed may still be at work, and take it away meanwhile.
    changed=$(stat -c %Y -- "$root$1" 2>/dev/null) || return 0
    tell_part "$1" "$changed"
}

# tell_part PATH TIME
tell_part() {
    whose=-
    if [ -f "$store/ours$1" ]; then whose=ours; fi
    spell "$1"
    printf 'part %s %s %s\n' "$it" "$2" "$whose"
}

# await_transaction: one that a killed run has left behind is let come to its end, so that its receipt is its last word.
await_transaction() {
    waited=0
    while is_at_work; do
        if [ "$waited" -ge "$patience" ]; then
            because="process ${holder%% *} has been at work on this host for more than ${patience}s"
            printf 'busy %s\n' "$(printf %s "$because" | b64)"
            return
        fi
        sleep 1
        waited=$((waited + 1))
    done
}

# observe_receipt OP: what a transaction left word of.
observe_receipt() {
    if [ -f "$store/receipts/$1" ]; then cat -- "$store/receipts/$1"; fi
}
