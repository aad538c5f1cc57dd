#!/bin/sh
# Units within a transaction. Their files are members as others are; this is about the manager and the processes.

# show_unit NAME: how the manager sees it.
show_unit() {
    loaded='' active='' sub='' result='' exited='' enabled='' stale='' invocation='' restarts='' type='' began=0 stays=''
    # A template is a text alone: the manager knows its instances only.
    case $1 in *@.*)
        active=inactive
        return 0
        ;;
    esac
    shown=$(ctl show --no-pager -p LoadState,ActiveState,SubState,Result,UnitFileState,NeedDaemonReload \
        -p InvocationID,NRestarts,Type,RemainAfterExit,ExecMainStatus -p ExecMainStartTimestampMonotonic \
        -p ActiveEnterTimestampMonotonic -- "$1" 2>&1) || return 1
    while IFS='=' read -r key value; do
        case $key in
        LoadState) loaded=$value ;;
        ActiveState) active=$value ;;
        SubState) sub=$value ;;
        Result) result=$value ;;
        ExecMainStatus) exited=$value ;;
        UnitFileState) enabled=$value ;;
        NeedDaemonReload) stale=$value ;;
        InvocationID) invocation=$value ;;
        NRestarts) restarts=$value ;;
        Type) type=$value ;;
        RemainAfterExit) stays=$value ;;
        ExecMainStartTimestampMonotonic | ActiveEnterTimestampMonotonic) began=$((began + value)) ;;
        esac
    done <<END
$shown
END
    # What has ended and is wanted by nothing that is loaded the manager forgets; our record tells of it until the next boot.
    if [ "$began" = 0 ] && changed=$(stat -c %Y -- "$store/applied/$1" 2>/dev/null); then
        read -r uptime _ </proc/uptime
        if [ "$changed" -gt "$(($(date +%s) - ${uptime%%.*}))" ]; then began=1; fi
    fi
}

# Whether the unit that was just shown does what `running` asks: a oneshot has done its work when it has ended well.
is_up() {
    case $active in
    active | reloading) return 0 ;;
    inactive) [ "$type$stays" != oneshotyes ] && [ "$type$result" = oneshotsuccess ] && [ "$began" != 0 ] ;;
    *) return 1 ;;
    esac
}

# stage_unit N NAME EXPECTED SUM SIZE
stage_unit() {
    has_units || refuse "$1" "there is no service manager (systemctl) on this host" || return 1
    keep "name_$1" "$2"
    stage_file "$1" "$units/$2" "$3" "$4" "$5" 0644 '' '' yes || return 1
    show_unit "$2" || refuse "$1" "the service manager does not answer: $shown" || return 1
    keep "active_$1" "$active"
    keep "enabled_$1" "$enabled"
    recall "same_$1"
    if [ "$it" = no ] || [ "$stale" = yes ]; then must_reload_manager=yes; fi
    if [ "$it" = no ]; then cp -- "$root$units/.infra-$op-$1" "$store/verify/$2"; fi
}

# dropins NAME [FOLDER]: a hash over the drop-ins of a unit, whoever wrote them, in `it`; `-` when there are none. FOLDER
# stands for the one in which the machine's own are.
dropins() {
    it=-
    set -- "$1" "${2:-$root$units/$1.d}"
    for dropin in "$2"/*.conf "$root/run/systemd/system/$1.d"/*.conf; do
        [ -f "$dropin" ] || continue
        it=$(cat -- "$2"/*.conf "$root/run/systemd/system/$1.d"/*.conf 2>/dev/null | sha256sum)
        it=${it%% *}
        return 0
    done
}

# decide N NAME STATE FORCE ASKS RESTART RELOAD ASSUMED_RESTART ASSUMED_RELOAD: what its process needs, in need_N: `ask`
# where only its gate is to be asked, as ASKS says.
# RESTART and RELOAD are hashes over what a process takes up only so; ASSUMED_* stand in where the host has no record of
# those that it runs with, and empty where nobody knows: then it is taken as it is.
decide() {
    show_unit "$2" || refuse "$1" "the service manager does not answer: $shown" || return 1
    recall "same_$1" && same=$it
    dropins "$2"
    had_restart=$8 had_reload=$9 had_dropins=$it debt=
    coming_dropins "$2"
    if [ -f "$store/applied/$2" ]; then read -r had_restart had_reload had_dropins <"$store/applied/$2"; fi
    if [ -f "$store/owed/$2" ]; then read -r debt _ <"$store/owed/$2"; fi
    # The manager may not have seen what others put there.
    [ "$had_dropins" = "$it" ] || must_reload_manager=yes
    keep "debt_$1" "$debt"
    need=none
    if [ "$3" = stopped ]; then
        case $active in inactive | failed) ;; *) need=stop ;; esac
    elif ! is_up && [ "$sub" != auto-restart ]; then
        need=start
    elif [ "$same" = no ] || [ "$4" = yes ] || [ "$stale" = yes ] || [ "$sub" = auto-restart ] ||
        [ "$debt" = restart ] || [ "$debt" = start ] || [ "${had_restart:-$6}" != "$6" ] || [ "$had_dropins" != "$it" ]; then
        need=restart
    elif [ "$debt" = reload ] || [ "${had_reload:-$7}" != "$7" ]; then
        need=reload
    elif [ "$5" = yes ] || [ "$debt" = ask ]; then
        need=ask
    fi
    keep "need_$1" "$need"
}

# coming_dropins NAME: the hash that `dropins` will give once what is staged is committed, in `it`. They are laid out where
# the check finds them.
coming_dropins() {
    coming=$store/verify/$1.d
    [ -d "$coming" ] || {
        mkdir -- "$coming"
        for dropin in "$root$units/$1.d"/*.conf; do
            if [ -f "$dropin" ]; then cp -- "$dropin" "$coming/"; fi
        done
        n=0
        while [ "$n" -lt "$count" ]; do
            recall "part_$n"
            case $it in "$units/$1.d"/*.conf)
                staged=$root$units/$1.d/.infra-$op-$n
                if [ -f "$staged" ]; then
                    cp -- "$staged" "$coming/${it##*/}"
                else
                    recall "goes_$n"
                    [ -z "$it" ] || rm -f -- "$coming/${it##*/}"
                fi
                ;;
            esac
            n=$((n + 1))
        done
    }
    dropins "$1" "$coming"
}

# check_unit N NAME BRINGS...: the manager's own opinion of the staged text; other units may have faults of their own.
# Programs that this transaction brings are not there yet, so that their absence is no fault.
check_unit() {
    recall "same_$1"
    [ "$it" = no ] && command -v systemd-analyze >/dev/null 2>&1 || return 0
    number=$1 name=$2
    shift 2
    coming_dropins "$name"
    opinion=$(within 60 env SYSTEMD_UNIT_PATH="$store/verify:" \
        systemd-analyze verify --man=no "$store/verify/$name" 2>&1) && return 0
    grave=
    while IFS= read -r line; do
        case " $line " in
        *" $name:"* | *"/$name:"* | *" $name "* | *" $name,"* | *" $name."*) ;;
        *) continue ;;
        esac
        for path in "$@"; do
            case $line in *"Command $path is not executable"*) continue 2 ;; esac
        done
        grave="$grave
  $line"
    done <<END
$opinion
END
    [ -z "$grave" ] || refuse "$number" "systemd-analyze does not accept $name:$grave" text
}

# owe N NAME: durable before anything is changed, forgiven when the gate has passed.
owe() {
    recall "need_$1"
    [ "$it" = none ] || printf '%s %s\n' "$it" "$op" | write "$store/owed/$2"
}

# manage N VERB...: a call on the service manager that must succeed.
manage() {
    number=$1
    shift
    kind_of_call=
    case $1 in start | restart | reload-or-restart) kind_of_call=start ;; esac
    because=$(ctl "$@" 2>&1) || refuse "$number" "systemctl $* fails:
$because" "$kind_of_call"
}

# activate N NAME ENABLED
activate() {
    keep "activated_$1" yes
    recall "enabled_$1" && was_enabled=$it
    recall "same_$1" && same=$it
    recall "need_$1" && need=$it
    # A mask of the other kind was a symlink in the place of the unit's file, and went with it.
    if [ "$was_enabled" = masked-runtime ]; then
        keep "hooked_$1" yes
        manage "$1" unmask --runtime -- "$2" || return 1
    fi
    case $3,$was_enabled,$same in
    yes,enabled,yes) ;;
    # The text says where a unit is hooked in; after a change the old hooks are taken away first.
    yes,enabled,no)
        keep "hooked_$1" yes
        manage "$1" disable -- "$2" && manage "$1" enable -- "$2" || return 1
        ;;
    yes,*)
        keep "hooked_$1" yes
        manage "$1" enable -- "$2" || return 1
        ;;
    no,enabled*)
        keep "hooked_$1" yes
        manage "$1" disable -- "$2" || return 1
        ;;
    esac
    case $need in none | ask) ;; *) keep "acted_$1" yes ;; esac
    case $need in
    start | restart)
        recall "active_$1"
        # Too many failures in a row bar the next start.
        [ "$it" != failed ] || manage "$1" reset-failed -- "$2" || return 1
        manage "$1" "$need" -- "$2"
        ;;
    reload) manage "$1" reload-or-restart -- "$2" ;;
    stop) manage "$1" stop -- "$2" ;;
    esac
}

# settle N NAME RESTART RELOAD: the gate has passed; what the process runs with is what was asked.
settle() {
    dropins "$2"
    record="$3 $4 $it"
    recall "need_$1"
    need=$it
    if [ "$need" = ask ]; then need=none; fi
    if [ "$need" != none ] || [ "$(cat -- "$store/applied/$2" 2>/dev/null)" != "$record" ]; then
        printf '%s\n' "$record" | write "$store/applied/$2" || return 1
        # The record's age says since when the process is as new as its files: one that was left alone is as old as it is.
        if [ "$need" = none ]; then touch -d @0 -- "$store/applied/$2"; fi
    fi
    # A run that was killed may have done what it owed, so that nothing had to be done now.
    [ ! -e "$store/owed/$2" ] || { rm -f -- "$store/owed/$2" && flush "$store/owed"; }
}

# stage_unit_removal N NAME EXPECTED
stage_unit_removal() {
    has_units || refuse "$1" "there is no service manager (systemctl) on this host" || return 1
    stage_removal "$1" "$units/$2" "$3" || return 1
    show_unit "$2" || refuse "$1" "the service manager does not answer: $shown" || return 1
    keep "active_$1" "$active"
    keep "enabled_$1" "$enabled"
    keep "need_$1" none
}

# commit_unit_removal N NAME: stopped and unhooked before its text goes, as after that nobody knows how.
commit_unit_removal() {
    recall "was_$1"
    [ "$it" != absent ] || return 0
    keep "acted_$1" yes
    keep "touched_$1" stopped
    recall "active_$1"
    case $it in inactive | failed) ;; *) manage "$1" stop -- "$2" || return 1 ;; esac
    recall "enabled_$1"
    case $it in enabled*)
        keep "hooked_$1" yes
        manage "$1" disable -- "$2" || return 1
        ;;
    esac
    must_reload_manager=yes
    commit_removal "$1" "$units/$2"
}

# forget N NAME: nothing is owed to a unit that is gone, nor does a failure of it matter.
forget() {
    ctl reset-failed -- "$2" >/dev/null 2>&1
    rm -f -- "$store/owed/$2" "$store/applied/$2"
}

# undo_unit N NAME: before its text is put back: what did not run before must not go on running without one.
undo_unit() {
    recall "was_$1"
    if [ "$it" = absent ]; then
        recall "touched_$1"
        [ -z "$it" ] || {
            ctl stop -- "$2" >/dev/null 2>&1
            ctl disable -- "$2" >/dev/null 2>&1
        }
    fi
    recall "touched_$1"
    case $it in '' | stopped) ;; *)
        must_reload_manager=yes
        undo_file "$1" "$units/$2"
        ;;
    esac
}

# see_again: whether what was started again with what it had before stays up, as long as a unit without a gate must.
see_again() {
    n=0 looks=
    while [ "$n" -lt "$count" ]; do
        recall "again_$n"
        if [ -n "$it" ]; then
            [ -n "$looks" ] || { sleep 1 && sleep 1 && looks=2; }
            if show_unit "$it" && is_up && [ "${restarts:-0}" = 0 ]; then
                again="$again, $it"
            else
                down="$down; $it is $active ($sub, result: $result)"
            fi
        fi
        n=$((n + 1))
    done
}

# redo_unit N NAME: after the texts are back and the manager knows: hooked in and running as it was before.
redo_unit() {
    recall "enabled_$1" && was_enabled=$it
    recall "active_$1" && was_active=$it
    recall "hooked_$1" && hooked=$it
    recall "acted_$1" && acted=$it
    show_unit "$2" || return 1
    case $hooked,$was_enabled in
    yes,enabled*) ctl enable -- "$2" >/dev/null 2>&1 ;;
    yes,masked-runtime) ctl mask --runtime -- "$2" >/dev/null 2>&1 ;;
    yes,*) [ "$loaded" = not-found ] || ctl disable -- "$2" >/dev/null 2>&1 ;;
    esac
    if [ "$acted" = yes ]; then
        case $was_active in
        active | reloading | activating)
            ctl reset-failed -- "$2" >/dev/null 2>&1
            if said=$(ctl restart -- "$2" 2>&1); then
                keep "again_$1" "$2"
            else
                down="$down; $2 does not start: $said"
            fi
            ;;
        *) [ "$loaded" = not-found ] || ctl stop -- "$2" >/dev/null 2>&1 ;;
        esac
    else
        # Nothing was done to it, so what was owed before still is.
        recall "debt_$1"
        if [ -n "$it" ]; then
            printf '%s %s\n' "$it" "$op" | write "$store/owed/$2"
            return
        fi
    fi
    rm -f -- "$store/owed/$2"
}
