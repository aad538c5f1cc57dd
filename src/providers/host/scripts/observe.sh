#!/bin/sh
# Says what is on a host, one record a line: words apart by spaces, text in base64, `-` for nothing. Ends with `end`.
# Nothing here changes the host.

properties=Id,LoadState,LoadError,FragmentPath,DropInPaths,UnitFileState,ActiveState,SubState,Result,ExecMainStatus
properties=$properties,ExecMainStartTimestampMonotonic,NRestarts,NeedDaemonReload,ActiveEnterTimestampMonotonic
properties=$properties,InvocationID,Type,RemainAfterExit,CanReload,EnvironmentFiles

observe_host() {
    os=
    if [ -r "$root/etc/os-release" ]; then os=$(b64 <"$root/etc/os-release"); fi
    name=$( (cat "$root/etc/hostname" 2>/dev/null || uname -n) | b64)
    memory=0
    while read -r word amount _; do
        if [ "$word" = MemTotal: ]; then memory=$amount; fi
    done </proc/meminfo
    cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
    read -r uptime _ </proc/uptime
    printf 'host %s %s %s %s %s %s\n' "${os:--}" "$(uname -r)" "$(uname -m)" "${name:--}" "$cpus" "$memory"
    printf 'time %s %s\n' "$(date +%s)" "$uptime"
}

# Takes the names of a user and a group off the end of `facts`, where each has a line, into user_b64 and group_b64. They
# may hold spaces; nearly always they are the same ones.
name_owners() {
    group=${facts##*
}
    facts=${facts%
*}
    user=${facts##*
}
    facts=${facts%
*}
    if [ "$user" != "${last_user-}" ]; then last_user=$user user_b64=$(printf %s "$user" | b64); fi
    if [ "$group" != "${last_group-}" ]; then last_group=$group group_b64=$(printf %s "$group" | b64); fi
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
    name_owners
    content=-
    size=${facts% *}
    size=${size##* }
    if [ "$it" = "$3" ]; then
        content='='
    elif [ "$size" -le 1048576 ]; then
        content=$(b64 <"$at")
    fi
    printf 'file %s regular %s %s %s %s %s\n' "$1" "$user_b64" "$group_b64" "$facts" "$it" "${content:-+}"
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
    name_owners
    printf 'directory %s directory %s %s %s\n' "$1" "$user_b64" "$group_b64" "$facts"
}

# observe_unit N NAME KNOWN: the unit's own file, what is owed to it, and what its process last took up.
observe_unit() {
    observe_file "$1" "$units/$2" "$3"
    owed=-
    if [ -f "$store/owed/$2" ]; then read -r owed _ <"$store/owed/$2"; fi
    applied=- since=0
    if [ -f "$store/applied/$2" ]; then
        read -r applied _ <"$store/applied/$2"
        since=$(stat -c %Y -- "$store/applied/$2")
    fi
    printf 'unit %s %s %s %s\n' "$1" "$owed" "$applied" "$since"
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
    printf '%s\n' "$shown" | while IFS= read -r line; do
        case $line in
        DropInPaths=?*)
            set -f
            for path in ${line#*=}; do observe_part "$path"; done
            set +f
            ;;
        EnvironmentFiles=?*)
            path=${line#*=}
            observe_part "${path% (ignore_errors=*}"
            ;;
        FragmentPath=?*) observe_part "${line#*=}" ;;
        esac
    done
}

observe_part() {
    [ -f "$root$1" ] || return 0
    # A transaction whose starter was killed may still be at work, and take it away meanwhile.
    changed=$(stat -c %Y -- "$root$1" 2>/dev/null) || return 0
    whose=-
    if [ -f "$store/ours$1" ]; then whose=ours; fi
    printf 'part %s %s %s\n' "$(printf %s "$1" | b64)" "$changed" "$whose"
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
