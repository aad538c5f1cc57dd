#!/bin/sh
# Packages: told one by one, changed at once. What we install is on record under `packages`, durably before it is, so that
# only what came with us goes with us.
#
# MANAGER_update, MANAGER_is_old SECONDS, MANAGER_mend, MANAGER_rehearse, MANAGER_change, MANAGER_hold YES|NO NAME...:
# each leaves its complaint in `because`.

wanted='' dropped='' patience_of_lists=''

# want_package N NAME PIN HELD START SECONDS
want_package() {
    keep "package_$1" "$2" && keep "pin_$1" "$3" && keep "hold_$1" "$4" && keep "start_$1" "$5"
    wanted="$wanted $1"
    if [ -z "$patience_of_lists" ] || [ "$6" -lt "$patience_of_lists" ]; then patience_of_lists=$6; fi
}

# drop_package N NAME PURGE
drop_package() {
    keep "package_$1" "$2" && keep "purge_$1" "$3"
    dropped="$dropped $1"
}

# names_of N...: in `it`.
names_of() {
    words=
    # Not `n`: whoever calls this is counting with it.
    for one in "$@"; do
        recall "package_$one"
        words="$words $it"
    done
    it=$words
}

see_packages() {
    # shellcheck disable=SC2086 # numbers, and single words
    names_of $wanted $dropped && states=$("${manager}_states" $it)
}

# change_packages: all that was told since the last time.
change_packages() {
    # shellcheck disable=SC2086
    set -- $wanted $dropped
    for n in "$@"; do
        recall "package_$n"
        is_word "$it" || refuse "$n" "\`$it\` is not the name of a package" || return 1
    done
    choose_manager || refuse "$1" 'this host has no package manager that is known here (apt-get or dnf)' || return 1
    "${manager}_mend" || refuse "$1" "what a run that was broken off left half installed cannot be completed: $because" ||
        return 1
    see_packages || refuse "$1" "the packages of this host cannot be read ($query fails)" || return 1
    sort_packages
    told=
    # shellcheck disable=SC2086
    { [ -z "$installs" ] || choose_versions $installs; } && note_ours && release_holds || return 1
    change_groups || told=$because
    conclude_packages "$@" || return 1
    wanted='' dropped='' patience_of_lists=''
}

# sort_packages: which must be installed, in `installs`, and which go, in `removals`; the rest is as it should be.
sort_packages() {
    installs='' removals='' purges=''
    for n in $wanted; do
        recall "package_$n" && find_package "$it"
        recall "pin_$n"
        keep "before_$n" "$status"
        if [ "$status" != installed ] || ! matches "$version" "$it"; then installs="$installs $n"; fi
    done
    for n in $dropped; do
        recall "package_$n" && find_package "$it"
        # One that was there before us is let go of.
        if [ "$status" != absent ] && [ -f "$store/packages/$it" ]; then
            removals="$removals $n"
            recall "purge_$n"
            if [ "$it" = yes ]; then purges="$purges $n"; fi
        fi
    done
}

# choose_versions N...: the exact one of each, in version_N; the lists are renewed when they are too old, or do not do.
choose_versions() {
    is_fresh=no complaint=''
    if "${manager}_is_old" "$patience_of_lists"; then renew_lists; fi
    names_of "$@"
    # shellcheck disable=SC2086
    offers=$("${manager}_offers" $it)
    for n in "$@"; do
        recall "pin_$n" && pin=$it
        recall "package_$n" && called=$it
        if ! choose "$called" "$pin" && [ "$is_fresh" = no ]; then
            renew_lists
            names_of "$@"
            # shellcheck disable=SC2086
            offers=$("${manager}_offers" $it)
            choose "$called" "$pin"
        fi
        if [ -z "$it" ] && [ -z "$offered" ]; then
            fault "$n" "$called is not among the packages that this host can install: check its name, or add the repository \
that has it$complaint"
        elif [ -z "$it" ]; then
            fault "$n" "no version of $called that this host can install matches $pin (there is $offered); \
plan again, or change \`version\`$complaint"
        fi
        keep "choice_$n" "$it"
    done
    [ -z "$failed" ]
}

# renew_lists: a mirror that is down is no failure by itself: what is wanted may be on the lists as they are.
renew_lists() {
    is_fresh=yes
    if "${manager}_update"; then
        touch -- "$store/packages/.lists"
    else
        complaint="; the lists could not be renewed: $because"
    fi
}

# lists_age PATH...: how long ago the lists were renewed, in seconds.
lists_age() {
    newest=0
    for path in "$@" "$store/packages/.lists"; do
        changed=$(stat -c %Y -- "$path" 2>/dev/null) || continue
        if [ "$changed" -gt "$newest" ]; then newest=$changed; fi
    done
    it=$(($(date +%s) - newest))
}

note_ours() {
    for n in $installs; do
        recall "before_$n"
        [ "$it" = absent ] || continue
        recall "package_$n"
        echo "$op" | write "$store/packages/$it" || refuse "$n" '/var/lib/infra cannot be written' || return 1
    done
}

# release_holds: what we change is let go first; conclude_packages holds it again.
release_holds() {
    held_ones=
    for n in $installs $removals; do
        recall "package_$n" && find_package "$it"
        if [ "$held" = yes ]; then held_ones="$held_ones $it"; fi
    done
    # shellcheck disable=SC2086
    [ -z "$held_ones" ] || "${manager}_hold" no $held_ones || refuse "${n:-0}" "$because"
}

# change_groups: those whose services shall not start, with all that goes; then those whose services shall.
change_groups() {
    quiet='' loud=''
    for n in $installs; do
        recall "start_$n"
        if [ "$it" = yes ]; then loud="$loud $n"; else quiet="$quiet $n"; fi
    done
    if [ -n "$quiet$removals" ]; then
        # shellcheck disable=SC2086
        rehearse $quiet || return 1
        hush_services || return 1
        # shellcheck disable=SC2086
        "${manager}_change" $quiet
        ended=$?
        restore_policy
        [ "$ended" = 0 ] || return 1
        removals='' purges=''
    fi
    # shellcheck disable=SC2086
    [ -z "$loud" ] || { rehearse $loud && "${manager}_change" $loud; }
}

# rehearse N...: what would go beside what shall is in `others`.
rehearse() {
    others=
    "${manager}_rehearse" "$@" || return 1
    [ -z "$others" ] && return 0
    because="this would remove others too:$others; remove them first, or keep it"
    return 1
}

# conclude_packages N...: looks what has come about, whatever was said, and holds what shall be held.
conclude_packages() {
    see_packages || refuse "$1" "the packages of this host cannot be read ($query fails)" || return 1
    holds='' releases=''
    for n in $wanted; do
        recall "package_$n" && find_package "$it"
        recall "hold_$n"
        case $status,$it,$held in
        installed,yes,no) holds="$holds $n" ;;
        installed,no,yes) releases="$releases $n" ;;
        esac
        recall "package_$n" && called=$it
        recall "pin_$n"
        if [ "$status" != installed ]; then
            fault "$n" "${told:-$program ended well, yet $called is not installed: $because}"
        elif ! matches "$version" "$it"; then
            fault "$n" "${told:-$program ended well, yet $called is $version and not $it: $because}"
        else
            keep "prepared_$n" yes
        fi
    done
    for n in $dropped; do
        recall "package_$n" && find_package "$it"
        if [ "$status" != absent ] && [ -f "$store/packages/$it" ]; then
            fault "$n" "${told:-$program ended well, yet $it is still there: $because}"
        else
            keep "prepared_$n" yes
            rm -f -- "$store/packages/$it"
        fi
    done
    hold_all yes "$holds" && hold_all no "$releases" || return 1
    # All that was asked for may be there, and yet something went wrong.
    if [ -z "$failed" ] && [ -n "$told" ]; then fault "$1" "$told"; fi
    [ -z "$failed" ]
}

# hold_all YES|NO NUMBERS
hold_all() {
    [ -n "$2" ] || return 0
    # shellcheck disable=SC2086
    names_of $2
    # shellcheck disable=SC2086
    "${manager}_hold" "$1" $it && return 0
    told=$because
    for n in $2; do fault "$n" "$told"; done
    return 1
}

# long PROGRAM...: for as long as a large package may take; its last words are in `because`. It shares our lock, so that
# whoever comes next waits for its end.
long() {
    said=$(mktemp) || return 1
    timeout --foreground -k 30 3600 "$@" >"$said" 2>&1 </dev/null
    code=$?
    because=$(tail -c 4096 "$said")
    rm -f -- "$said"
    return "$code"
}
