#!/bin/sh
# Directories among what makes room.

# prepare_directory N PATH MODE OWNER GROUP PARENTS
prepare_directory() {
    at=$root$2
    look "$at"
    case $kind in
    directory) ;;
    absent)
        [ -d "${at%/*}/" ] || [ "$6" = yes ] || blame_folder "$1" "${2%/*}" || return 1
        because=$( (umask 022 && mkdir -p -- "$at") 2>&1) || blame_folder "$1" "$2" "$because" || return 1
        flush "${at%/*}"
        ;;
    *) refuse "$1" "$2 is there already, and is no directory ($kind)" || return 1 ;;
    esac
    dress "$at" "$3" "$4" "$5" || refuse "$1" "$2: $because"
}

# prepare_directory_removal N PATH RECURSIVE
prepare_directory_removal() {
    at=$root$2
    look "$at"
    case $kind in
    absent) return 0 ;;
    directory) ;;
    *) refuse "$1" "$2 is no directory any more ($kind); plan again" || return 1 ;;
    esac
    if [ "$3" = yes ]; then
        because=$(rm -rf --one-file-system -- "$at" 2>&1) || refuse "$1" "$2: $because" || return 1
    else
        because=$(rmdir -- "$at" 2>&1) ||
            refuse "$1" "$2 is not removed, as something is in it still; with \`recursive\` all that is in it goes too" ||
            return 1
    fi
    flush "${at%/*}"
}
