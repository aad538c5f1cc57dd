#!/bin/sh
# What dpkg and apt know of packages, as managers.sh wants it.

apt_states() {
    # shellcheck disable=SC2016 # for dpkg-query
    dpkg-query -W -f='${Package} ${Architecture} ${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${Version}\n' \
        -- "$@" 2>/dev/null
    # One that it does not know is no trouble.
    [ $? -le 1 ]
}

apt_offers() {
    name=
    apt-cache policy -- "$@" 2>/dev/null | while IFS= read -r line; do
        case $line in
        [!\ ]*:) name=${line%:} ;;
        '  Candidate: (none)') ;;
        '  Candidate: '*) printf '%s %s\n' "$name" "${line#*: }" ;;
        '     '[!\ ]* | ' *** '[!\ ]*)
            line=${line#?????}
            printf '%s %s\n' "$name" "${line%% *}"
            ;;
        esac
    done
}
