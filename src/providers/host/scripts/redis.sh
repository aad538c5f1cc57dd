#!/bin/sh
# Redis servers, asked by their own client. A password goes to it by the environment, a value by its stdin: what is in
# arguments, everybody on the host can read. Nothing here changes the host.

# The client, in `client`; there is none where it would reach the machine's own servers from a private root.
redis_client() {
    client=
    { [ -z "$root" ] || [ -n "${INFRA_BIN:-}" ]; } || return 1
    for client in redis-cli valkey-cli; do
        command -v "$client" >/dev/null 2>&1 && return 0
    done
    client=
    return 1
}

# redis WORD...: one question to the server that reach_redis has found.
redis() {
    if [ "$to_host" = unix ]; then set -- -s "$to_port" "$@"; else set -- -h "$to_host" -p "$to_port" "$@"; fi
    (
        if [ -n "$to_password" ]; then
            REDISCLI_AUTH=$to_password VALKEYCLI_AUTH=$to_password
            export REDISCLI_AUTH VALKEYCLI_AUTH
        fi
        within 10 "$client" "$@"
    )
}

# of_info KEY: from `info`, in `it`.
of_info() {
    it=${info#*"
$1:"}
    if [ "$it" = "$info" ]; then it=; else it=${it%%"
"*}; fi
}

# reach_redis CONF ADDRESSES PASSWORD...: finds the server that runs with this file. How it stands is in `standing` (up,
# down, denied, other, missing), what was said in `because`, and its version in `server_version`.
reach_redis() {
    standing=missing because='' server_version='' conf=$1 addresses=$2
    redis_client || return 1
    shift 2
    # Without a password first: a server that asks for none complains of one.
    set -- '' "$@"
    standing=down
    while read -r to_host to_port <&4; do
        for to_password in "$@"; do
            said=$(redis INFO server 2>&1 | tr -d '\r')
            info="
$said
"
            case $said in
            *redis_version:*)
                of_info config_file
                if [ "$it" = "$conf" ] || [ "$it" = "$root$conf" ]; then
                    of_info redis_version
                    server_version=$it standing=up
                    break 2
                fi
                if [ "$standing" != other ]; then
                    standing=other
                    because="at $to_host $to_port a server runs with ${it:-no configuration file}, not with $conf"
                fi
                break
                ;;
            *NOAUTH* | *WRONGPASS* | *'invalid password'* | *NOPERM*)
                [ "$standing" != other ] || continue
                standing=denied because=$(printf '%s\n' "$said" | grep -e NOAUTH -e WRONGPASS -e 'invalid password' -e NOPERM | tail -n 1)
                ;;
            *)
                if [ "$standing" = down ]; then because=${because:-$(printf '%s\n' "$said" | tail -n 1)}; fi
                break
                ;;
            esac
        done
    done 4<<END
$addresses
END
    [ "$standing" = up ]
}

# redis_value NAME: what the server has for a directive, in `it`; fails where it does not know it.
redis_value() {
    it=$(redis CONFIG GET "$1" 2>/dev/null && echo .)
    it=${it%.}
    case $it in "$1
"*) ;; *) return 1 ;; esac
    it=${it#*
}
    it=${it%
}
}

# redis_include OWN: the line by which a server's own file takes up ours, in `it`.
redis_include() { it="include $1"; }

# observe_redis N CONF OWN KNOWN NAMES ADDRESSES PASSWORD...: our file as observe_file does, what the server's own says of
# it and after it, and what the server has; NAMES is `-` where those in our file are meant.
observe_redis() {
    observe_file "$1" "$3" "$4"
    number=$1 conf=$2 own=$3 names=$5 includes=no tail='' dressed=no
    shift 5
    look "$root$conf"
    file=$kind
    if [ "$file" = regular ]; then
        redis_include "$own"
        if grep -qxF -- "$it" "$root$conf"; then
            includes=yes
            tail=$(awk -v line="$it" '$0 == line { told = ""; next } !/^[ \t]*(#|$)/ { told = told $0 "\n" } END { printf "%s", told }' "$root$conf")
        fi
        if [ "$(stat -c '%a %u:%g' -- "$root$conf" 2>/dev/null)" = "$(stat -c '%a %u:%g' -- "$root$own" 2>/dev/null)" ]; then dressed=yes; fi
    fi
    if [ "$names" = - ]; then names=$(awk '!/^[ \t]*(#|$)/ { print $1 }' "$root$own" 2>/dev/null | sort -u); fi
    values='' standing=absent said=
    if [ "$file" = regular ]; then
        if reach_redis "$conf" "$@"; then
            said=$server_version
            values=$(for name in $names; do
                printf 'CONFIG GET %s\nECHO infra-end\n' "$name"
            done | redis 2>/dev/null | b64)
        else
            said=$because
        fi
    fi
    # One word even where nothing was said.
    tail=$(printf %s "$tail" | b64) said=$(printf %s "$said" | b64)
    printf 'redis %s %s %s %s %s %s %s %s\n' "$number" "$file" "$includes" "${tail:--}" "$dressed" "$standing" "${said:--}" "${values:--}"
}
