#!/bin/sh
# Says how units are: what is on record for each, what the service manager knows of them, and the files that they are made of.
# Nothing here changes the host.

properties=Id,LoadState,LoadError,FragmentPath,DropInPaths,UnitFileState,ActiveState,SubState,Result,ExecMainStatus
properties=$properties,ExecMainStartTimestampMonotonic,NRestarts,NeedDaemonReload,ActiveEnterTimestampMonotonic
properties=$properties,InvocationID,Type,RemainAfterExit,CanReload,EnvironmentFiles

# observe_unit N NAME: what is owed to it, and what its process last took up. Its own file is observed among the others.
observe_unit() {
    facts=0
    if [ -f "$store/applied/$2" ]; then facts=$(stat -c %Y -- "$store/applied/$2"); fi
    tell_unit "$1" - "$2"
}

# tell_unit N RECORD NAME: with `facts` as found, at whose end is when the record was written; 0 for none.
tell_unit() {
    set -- "$1" "$3" "${facts##* }"
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
