#!/bin/sh
# Says what is known of commands: what has run, and whether the check of each holds. Nothing here changes the host, unless a
# check does.

# misses PATH: whether a command is to create something that is not there. A link counts, wherever it leads.
misses() { [ -n "$1" ] && [ ! -e "$root$1" ] && [ ! -L "$root$1" ]; }

# observe_command N KEY SECONDS USER FOLDER CREATES CHECK NAME=value...
observe_command() {
    number=$1 key=$2 ran=- holds=-
    if [ -f "$store/commands/$key" ]; then read -r ran <"$store/commands/$key"; fi
    if misses "$6"; then
        holds=no
    elif [ -n "$7" ]; then
        limit=$3 user=$4 folder=$5 text=$7
        shift 7
        if perform check "$key" "$limit" "$user" "$folder" "$text" "$@"; then holds=yes; else holds=no; fi
    fi
    printf 'command %s %s %s\n' "$number" "$ran" "$holds"
}
