#!/bin/sh
# Gates: a unit has come up when it has been active, in one and the same process, for as long as `hold` says, while its
# probes succeed. Where a change does nothing to the process, the one that runs is asked. Time is counted by what we slept
# and how long the probes took.

# can_probe N URL ADDRESS: before anything is changed: whether this host has what the probes need.
can_probe() {
    if [ -n "$2" ] && ! command -v curl >/dev/null 2>&1 && ! command -v wget >/dev/null 2>&1; then
        refuse "$1" "an http gate needs curl or wget on the host"
    elif [ -n "$3" ] && ! command -v nc >/dev/null 2>&1 && ! command -v curl >/dev/null 2>&1; then
        refuse "$1" "a tcp gate needs nc or curl on the host"
    fi
}

# Each probe says by its exit code whether it went well, and by `because` why it did not.
probe_http() {
    if command -v curl >/dev/null 2>&1; then
        because=$(within 10 curl -fsS -m 5 -o /dev/null -- "$1" 2>&1) && return 0
        because=${because:-curl ends with $?}
    else
        because=$(within 10 wget -q -T 5 -O /dev/null -- "$1" 2>&1) && return 0
        code=$?
        case $code in
        4) because='no connection (wget ends with 4)' ;;
        8) because='an answer that is no success (wget ends with 8)' ;;
        *) because=${because:-wget ends with $code} ;;
        esac
    fi
    return 1
}

probe_tcp() {
    if command -v nc >/dev/null 2>&1; then
        because=$(within 10 nc -z -w 3 -- "$1" "$2" 2>&1) && return 0
        because=${because:-no connection}
        return 1
    fi
    # How long it took to connect is naught when it did not.
    connected=$(within 10 curl -s -m 3 -o /dev/null -w '%{time_connect}' "telnet://$1:$2" </dev/null 2>/dev/null)
    code=$?
    because="no connection (curl ends with $code)"
    case $connected in '' | 0 | 0.000000) return 1 ;; esac
    # A server that waits for us to speak is cut off by the time limit.
    case $code in 0 | 28 | 52 | 56) return 0 ;; esac
    return 1
}

# gate_unit N NAME HOLD DEADLINE URL HOST PORT COMMAND: one look; what is not decided yet sets `pending`.
gate_unit() {
    recall "open_$1"
    [ "$it" != yes ] || return 0
    # A command stands between it and those that are up already.
    recall "activated_$1"
    [ "$it" = yes ] || return 0
    recall "need_$1"
    case $it in
    none | stop) return 0 ;;
    ask) after=' (nothing was done to its process)' ;;
    *) after=" after its $it" ;;
    esac
    show_unit "$2" || refuse "$1" "the service manager does not answer: $shown" || return 1
    # Its start ended well, also where the manager has forgotten that by now.
    began=1
    asked='whether it is up' why="it is $active ($sub)" late=
    ended="result: $result${exited:+, exit status: $exited}"
    recall "first_$1"
    [ -n "$it" ] || keep "first_$1" "${restarts:-0}"
    recall "first_$1"
    if [ "$active" = failed ]; then
        refuse "$1" "$2 has failed$after ($ended)" failed
        return 1
    elif [ "$((${restarts:-0} - it))" -ge 3 ]; then
        refuse "$1" "$2 is crash-looping$after: it was started again $((restarts - it)) times within ${elapsed}s ($ended)" looping
        return 1
    elif [ "$active" = inactive ] && ! is_up; then
        refuse "$1" "$2 has ended by itself$after ($ended)" ended
        return 1
    elif is_up; then
        recall "run_$1"
        if [ "$it" != "$invocation $restarts" ]; then
            keep "run_$1" "$invocation $restarts"
            keep "since_$1" "$elapsed"
        fi
        if probes "$5" "$6" "$7" "$8" "$4"; then
            recall "since_$1"
            if [ "$((elapsed - it))" -ge "$3" ]; then
                keep "open_$1" yes
                return 0
            fi
            asked="whether all holds for ${3}s" why="it has held for $((elapsed - it))s by then"
        else
            keep "since_$1" "$elapsed"
        fi
    else
        keep "since_$1" "$elapsed"
    fi
    if [ "$elapsed" -ge "$4" ] || [ -n "$late" ]; then
        refuse "$1" "$2 has not passed its gate within $4s$after
asked:       $asked
last answer: $(printf '%s\n' "$why" | sed '2,$s/^/             /')" gate
        return 1
    fi
    pending=yes
}

# probes URL HOST PORT COMMAND DEADLINE: all that are given, until one does not hold: which, in `asked`, and its answer, in
# `why`. The command may take what is left of the time; `late` when it took all of it.
probes() {
    if [ -n "$1" ]; then
        probe_http "$1" || { asked="GET $1" why=$because && return 1; }
    fi
    if [ -n "$2" ]; then
        probe_tcp "$2" "$3" || { asked="a connection to $2:$3" why=$because && return 1; }
    fi
    [ -n "$4" ] || return 0
    left=$(($5 - elapsed))
    [ "$left" -gt 0 ] || left=1
    asked_at=$(date +%s)
    perform gate "$4" "$left" '' / "$4" && return 0
    asked="the command \`$(printf '%s\n' "$4" | head -n 1)\`"
    why="it ends with $code${because:+:
$because}"
    if [ "$(($(date +%s) - asked_at))" -ge "$left" ]; then
        late=yes
        why="it has not ended by then${because:+:
$because}"
    fi
    return 1
}
