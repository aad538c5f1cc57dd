#!/bin/sh
# Runs a text of the user's. The words at the end of a call are NAME=value, for the environment.

# perform ROLE KEY SECONDS USER FOLDER TEXT NAME=value...: its end is the command's, and its last words are in `because`.
# A simulated host brings a program that takes the place of a shell: it only goes by the role, the key and
# what `creates` says that a run is to bring.
perform() {
    said=$(mktemp 2>&1) || {
        because="no temporary file can be made: $said" code=125
        return 1
    }
    # Into a file: what the command leaves running would hold a pipe open, and us with it.
    (
        role=$1 key=$2 limit=$3 user=$4 folder=$5 text=$6
        shift 6
        for pair in "$@"; do export "${pair?}"; done
        cd -- "$root${folder:-/}" || exit 1
        if [ -n "${INFRA_BIN:-}" ] && [ -x "$INFRA_BIN/infra-shell" ]; then
            set -- "$INFRA_BIN/infra-shell" "$role" "$key" "$text" "${creates:-}"
        elif [ -z "$user" ] || [ "$user" = "$(id -un)" ] || [ "$user" = "$(id -u)" ]; then
            set -- sh -c "$text"
        elif command -v runuser >/dev/null 2>&1; then
            set -- runuser -u "$user" -- sh -c "$text"
        else
            set -- su -s /bin/sh "$user" -c "$text"
        fi
        umask 022
        within "$limit" "$@"
    ) >"$said" 2>&1 </dev/null
    code=$?
    # shellcheck disable=SC2034 # for whoever calls it
    because=$(last_of "$said")
    rm -f -- "$said"
    return "$code"
}

# last_of FILE: its end, in whole lines: half a secret would not be known for one.
last_of() {
    if [ "$(wc -c <"$1")" -gt 4096 ]; then tail -c 4096 -- "$1" | sed 1d; else cat -- "$1"; fi
}
