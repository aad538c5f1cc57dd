#!/bin/sh
# Redis servers within a transaction. Their file of directives is ours, and a line of their own file, the last one, takes
# it up; the rest of that file is the server's. Which values a running server can take is said by the program (`set`),
# as is what takes a restart; whether it has them already is seen here.
#
# Under `redis` the host keeps what each directive was before it was ours: NAME and the value in base64, one a line.

# stage_redis N CONF OWN EXPECTED SUM SIZE
stage_redis() {
    redis_client || refuse "$1" 'there is no redis-cli on this host: it comes with the package redis-tools' || return 1
    [ -d "$root${3%/*}/" ] || refuse "$1" "the folder ${3%/*} does not exist: the server is not installed, or \`config_path\` is another" || return 1
    stage_file "$1" "$3" "$4" "$5" "$6" 0640 '' '' no
}

# lay_out_conf N CONF LINE: the server's own file as it shall be, beside it; LINE is the last one, or empty. What is there
# of ours is taken out; a file that is not there yet is made, for whom the server runs as.
lay_out_conf() {
    at=$root$2
    beside=${at%/*}/.infra-$op-${1}_conf
    line=$3
    look "$at"
    keep "was_${1}_conf" "$kind"
    case $kind in
    regular)
        sum "$at" || refuse "$1" "$2 cannot be read" || return 1
        keep "had_${1}_conf" "$it"
        keep "facts_${1}_conf" "$(stat -c '%a %u:%g' -- "$at")"
        facts=$(stat -c '%a %u %g' -- "$at")
        ;;
    absent)
        # A service of Redis does not run as root.
        facts='600 0 0'
        [ -n "$root" ] || ! id redis >/dev/null 2>&1 || facts="640 $(id -u redis) $(id -g redis)"
        [ "$(id -u)" = 0 ] || facts="600 $(id -u) $(id -g)"
        ;;
    *) refuse "$1" "$2 is no file that a line can be added to ($kind)" || return 1 ;;
    esac
    redis_include "$own"
    {
        if [ "$kind" = regular ]; then awk -v line="$it" '$0 != line' "$at"; fi
        [ -z "$line" ] || printf '%s\n' "$line"
    } >"$beside" || refuse "$1" "$2 cannot be staged beside its target" || return 1
    mode=${facts%% *} owner=${facts#* }
    group=${owner#* } owner=${owner% *}
    because=$(chown -- "$owner:$group" "$beside" 2>&1 && chmod -- "$mode" "$beside" 2>&1) ||
        refuse "$1" "$2: $because" || return 1
    keep "mode_${1}_conf" "$mode" && keep "owner_${1}_conf" "$owner" && keep "group_${1}_conf" "$group"
    keep "same_${1}_conf" no
    if [ "$kind" = regular ] && cmp -s "$at" "$beside"; then keep "same_${1}_conf" yes; else flush "$beside"; fi
}

# commit_conf N CONF: a refusal is the member's own, and so is what was done.
commit_conf() {
    commit_file "${1}_conf" "$2" || {
        failed=$1
        return 1
    }
    recall "touched_${1}_conf"
    [ -z "$it" ] || keep "acted_$1" yes
}

# commit_redis N CONF OWN: ours first, as a server does not start that misses what it includes. It is its owner's as much
# as the server's own file is.
commit_redis() {
    own=$3
    redis_include "$own"
    lay_out_conf "$1" "$2" "$it" || return 1
    recall "mode_${1}_conf" && keep "mode_$1" "$it"
    recall "owner_${1}_conf" && keep "owner_$1" "$it"
    recall "group_${1}_conf" && keep "group_$1" "$it"
    recall "same_$1"
    if [ "$it" = no ]; then
        dress "${root}${3%/*}/.infra-$op-$1" "$mode" "$owner" "$group" || refuse "$1" "$3: $because" || return 1
    fi
    commit_file "$1" "$3" && commit_conf "$1" "$2"
}

# stage_redis_removal N CONF OWN EXPECTED
stage_redis_removal() {
    stage_removal "$1" "$3" "$4"
}

# commit_redis_removal N CONF OWN
commit_redis_removal() {
    own=$3
    keep "goes_$1" yes
    if [ -f "$root$2" ]; then
        lay_out_conf "$1" "$2" '' && commit_conf "$1" "$2" || return 1
    fi
    commit_removal "$1" "$3"
}

# undo_redis N CONF OWN
undo_redis() {
    undo_file "${1}_conf" "$2" && undo_file "$1" "$3"
}

# begin_redis N UNIT KEY: whether the server runs, and what is on record for it.
begin_redis() {
    keep "activated_$1" yes
    keep "name_$1" "$2"
    keep "need_$1" none
    keep "why_$1" ''
    keep "record_$1" "$(cat -- "$store/redis/$3" 2>/dev/null)"
    keep "recorded_$1" no
    recall "goes_$1" && goes=$it
    "reach_$1"
    keep "stood_$1" "$standing"
    case $goes$standing in
    up | yesup)
        info="
$(redis INFO replication 2>/dev/null | tr -d '\r')
"
        of_info master_link_status
        keep "link_$1" "$it"
        ;;
    denied | yesdenied)
        refuse "$1" "the server does not let us ask what it has ($because): \`password\` must be the one that it asks for now"
        ;;
    other) refuse "$1" "$because; \`config_path\` and \`port\` or \`socket\` must be of one server" ;;
    # What is not in use needs nothing.
    yes*) ;;
    *)
        keep "need_$1" start
        # A unit that runs without the file has another one.
        recall "was_${1}_conf"
        [ "$it" = absent ] && has_units && show_unit "$2" && is_up || return 0
        refuse "$1" "there was no such configuration file, and $2 runs: it has another one ($because)"
        ;;
    esac
}

# of_record N NAME: what a directive was before it was ours, in base64, in `it`; fails where nobody knows.
of_record() {
    recall "record_$1"
    known=$(printf '%s\n' "$it" | sed -n "s/^$2 //p" | head -n 1)
    it=$known
    [ -n "$it" ]
}

# wish_redis N I NAME VALUE PLAIN WAY: PLAIN is the value as a server tells it.
wish_redis() {
    recall "stood_$1"
    [ "$it" = up ] || return 0
    redis_value "$3" || refuse "$1" "the server, of version $server_version, knows no directive \`$3\`" || return 1
    keep "old_$1_$2" "$it" && keep "has_$1_$2" yes && keep "directive_$1_$2" "$3"
    had=$it
    of_record "$1" "$3" || {
        recall "record_$1"
        keep "record_$1" "${it:+$it
}$3 $(printf %s "$had." | b64)"
        keep "recorded_$1" yes
    }
    [ "$had" != "$4" ] && [ "$had" != "$5" ] || return 0
    need_redis "$1" "$2" "$3" "$4" "$6"
}

# leave_redis N I NAME WAY: what is no longer ours is what it was before; where nobody knows that, a restart brings what
# the server's own file says.
leave_redis() {
    recall "stood_$1"
    [ "$it" = up ] || return 0
    redis_value "$3" || return 0
    keep "old_$1_$2" "$it" && keep "has_$1_$2" yes && keep "directive_$1_$2" "$3"
    keep "left_$1_$2" yes
    had=$it
    of_record "$1" "$3" || {
        need_redis "$1" "$2" "$3" '' restart
        return
    }
    before=$(printf %s "$it" | base64 -d)
    before=${before%.}
    [ "$had" != "$before" ] || return 0
    need_redis "$1" "$2" "$3" "$before" "$4"
}

# need_redis N I NAME VALUE WAY
need_redis() {
    if [ "$5" = restart ]; then
        recall "why_$1"
        keep "why_$1" "$it${it:+, }$3"
        recall "need_$1"
        [ "$it" = start ] || keep "need_$1" restart
    fi
    keep "value_$1_$2" "$4" && keep "set_$1_$2" yes
}

# set_redis NAME VALUE: the value by stdin. The server is the same one afterwards, and perhaps elsewhere.
set_redis() {
    said=$(printf %s "$2" | redis -x CONFIG SET "$1" 2>&1)
    case $said in
    OK | *"
OK") ;;
    # A server that moves may be gone before it has answered.
    *'closed the connection'* | *'Connection reset'*) case $1 in bind | port | tls-port) ;; *) return 1 ;; esac ;;
    *) return 1 ;;
    esac
    if [ "$1" = requirepass ]; then to_password=$2; fi
}

# moved_redis N NAME: after what changes where it is.
moved_redis() {
    case $2 in bind | port) "reach_$1" ;; esac
}

# finish_redis N UNIT COUNT KEY
finish_redis() {
    # What was, before anything is changed: afterwards nobody could tell.
    recall "recorded_$1"
    if [ "$it" = yes ]; then
        recall "record_$1"
        mkdir -p -- "$store/redis" && printf '%s\n' "$it" | write "$store/redis/$4" ||
            refuse "$1" '/var/lib/infra cannot be written' || return 1
    fi
    recall "need_$1"
    case $it in
    start | restart)
        need=$it
        recall "why_$1"
        has_units || refuse "$1" "the server must be ${need}ed${it:+ for $it}, and there is no service manager (systemctl) on this host" || return 1
        show_unit "$2" || refuse "$1" "the service manager does not answer: $shown" || return 1
        keep "active_$1" "$active"
        [ "$loaded" != not-found ] ||
            refuse "$1" "the server must be ${need}ed${it:+ for $it}, and there is no unit $2: \`unit\` must name the one that runs it" || return 1
        [ "$active" != failed ] || manage "$1" reset-failed -- "$2" || return 1
        keep "acted_$1" yes && keep "restarted_$1" yes
        manage "$1" restart -- "$2"
        return
        ;;
    esac
    recall "stood_$1"
    [ "$it" = up ] || return 0
    i=0
    while [ "$i" -lt "$3" ]; do
        recall "set_$1_$i"
        if [ "$it" = yes ]; then
            keep "acted_$1" yes && keep "did_$1_$i" yes
            recall "directive_$1_$i" && name=$it
            recall "value_$1_$i"
            set_redis "$name" "$it" || refuse "$1" "the server, of version $server_version, does not take the new value of \`$name\`: $(printf '%s\n' "$said" | tail -n 1)" || return 1
            moved_redis "$1" "$name" || refuse "$1" "the server is not reached any more with the new \`$name\`: $because" || return 1
        fi
        i=$((i + 1))
    done
    keep "host_$1" "$to_host" && keep "port_$1" "$to_port" && keep "password_$1" "$to_password"
}

# gate_redis N DEADLINE GOES: it answers, has its data set loaded, and what it replicates is linked. One look; what is not
# decided yet sets `pending`. After our directives have gone, its password may be one that we do not know.
gate_redis() {
    recall "open_$1"
    [ "$it" != yes ] || return 0
    recall "activated_$1"
    [ "$it" = yes ] || return 0
    recall "restarted_$1" && restarted=$it
    recall "stood_$1"
    # What did not run and goes may go on not running.
    [ "$3$restarted" != yes ] || return 0
    if "reach_$1"; then
        info="
$(redis INFO 2>/dev/null | tr -d '\r')
"
        why=
        of_info loading
        [ "$it" = 0 ] || why='it is loading its data set'
        of_info role && role=$it
        of_info master_link_status && now=$it
        recall "link_$1"
        if [ "$role" = slave ] && [ "$now" != up ] && [ "$it" != down ]; then why='its link to the master is down'; fi
        if [ -z "$why" ]; then
            said=$(redis PING 2>/dev/null)
            [ "$said" = PONG ] || why="it answers PING with: $said"
        fi
        if [ -z "$why" ]; then
            keep "open_$1" yes
            return 0
        fi
    else
        [ "$3$standing" != yesdenied ] || return 0
        why="it does not answer: $because"
        recall "name_$1"
        if [ "$restarted" = yes ] && show_unit "$it" && [ "$active" = failed ]; then
            refuse "$1" "$it has failed (result: $result): $because" failed
            return 1
        fi
    fi
    if [ "$elapsed" -ge "$2" ]; then
        refuse "$1" "the server has not passed its gate within $2s: $why" gate
        return 1
    fi
    pending=yes
}

# settle_redis N COUNT KEY: of what is no longer ours nothing is kept.
settle_redis() {
    recall "goes_$1"
    if [ "$it" = yes ]; then
        rm -f -- "$store/redis/$3"
        return
    fi
    i=0
    while [ "$i" -lt "$2" ]; do
        recall "left_$1_$i"
        if [ "$it" = yes ] && [ -f "$store/redis/$3" ]; then
            recall "directive_$1_$i"
            sed "/^$it /d" "$store/redis/$3" | write "$store/redis/$3"
        fi
        i=$((i + 1))
    done
}

# redo_redis N UNIT COUNT KEY: after the files are back: it runs as before, with what it had.
redo_redis() {
    recall "stood_$1" && stood=$it
    recall "restarted_$1"
    if [ "$it" = yes ]; then
        recall "active_$1"
        ctl reset-failed -- "$2" >/dev/null 2>&1
        case $it in
        active | reloading | activating)
            said=$(ctl restart -- "$2" 2>&1) || {
                down="$down; $2 does not start: $said"
                return 0
            }
            keep "again_$1" "$2"
            ;;
        *) ctl stop -- "$2" >/dev/null 2>&1 ;;
        esac
    fi
    [ "$stood" = up ] || return 0
    recall "acted_$1"
    [ "$it" = yes ] || return 0
    # What was set last lets us in, where that is no password that we know of.
    recall "host_$1"
    if [ -n "$it" ]; then
        to_host=$it
        recall "port_$1" && to_port=$it
        recall "password_$1" && to_password=$it
    fi
    n=0
    until [ "$(redis PING 2>/dev/null)" = PONG ] || "reach_$1"; do
        n=$((n + 1))
        [ "$n" -lt 60 ] || {
            undone="$undone; the server does not answer any more: $because"
            return 0
        }
        sleep 1
    done
    i=0
    while [ "$i" -lt "$3" ]; do
        recall "did_$1_$i" && did=$it
        recall "has_$1_$i"
        if [ "$it" = yes ]; then
            recall "directive_$1_$i" && name=$it
            recall "old_$1_$i" && had=$it
            # After a restart, what its own file does not say was set by somebody else: it is so again where it can be.
            if redis_value "$name" && [ "$it" != "$had" ]; then
                set_redis "$name" "$had" || [ "$did" != yes ] || undone="$undone; \`$name\` is not what it was: $said"
                moved_redis "$1" "$name"
            fi
        fi
        i=$((i + 1))
    done
}
