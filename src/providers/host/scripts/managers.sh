#!/bin/sh
# Packages as this host has them, whatever manages them: Debian's (apt.sh) or Fedora's (dnf.sh) behind one interface.
# Nothing here changes the host. Names and versions are single words.
#
# MANAGER_states NAME...: a line for each that is on the host: name, architecture, wish (`hold` when it must stay as it is),
# flag (`ok`), state, version. MANAGER_offers NAME...: a line for each version that can be had: name, version; the best first.

# choose_manager: `apt` or `dnf`, in `manager`. As with units, a private root must not reach the machine's.
choose_manager() {
    for manager in apt dnf; do
        case $manager in
        apt) program=apt-get query=dpkg-query ;;
        dnf) program=dnf query=rpm ;;
        esac
        where=$(command -v "$program") || continue
        command -v "$query" >/dev/null 2>&1 || continue
        if [ -z "$root" ] || [ "$where" = "${INFRA_BIN:-/}/$program" ]; then return 0; fi
    done
    return 1
}

# is_word TEXT: whether it can be a name or a version, and nothing that a manager might take for more than that.
is_word() {
    case $1 in '' | -* | *- | *[!A-Za-z0-9.+~^:_-]*) return 1 ;; esac
}

# find_package NAME: what `states` says of it, in `status` (absent, installed, broken), `version` and `held`.
find_package() {
    status=absent version='' held=no arch='' native=''
    case $1 in
    *:*) arch=${1#*:} ;;
    *) if [ "$manager" = apt ] && [ -r "$root/var/lib/dpkg/arch" ]; then read -r native <"$root/var/lib/dpkg/arch"; fi ;;
    esac
    while read -r name architecture wish flag state number; do
        [ "$name" = "${1%%:*}" ] || continue
        case $architecture in all | "${arch:-${native:-$architecture}}") ;; *) continue ;; esac
        if [ "$wish" = hold ]; then held=yes; fi
        case $state in
        installed | triggers-awaited | triggers-pending) status=installed version=$number ;;
        not-installed | config-files | '') continue ;;
        *) status=broken version=$number ;;
        esac
        [ "$flag" = ok ] || status=broken
        return 0
    done <<END
$states
END
}

# matches VERSION PIN: a pin is a version, or the beginning of one with an asterisk.
matches() {
    case $2 in
    '') ;;
    *'*') case $1 in "${2%\*}"*) ;; *) return 1 ;; esac ;;
    *) [ "$1" = "$2" ] ;;
    esac
}

# choose NAME PIN: the first of `offers` that will do, in `it`; all that there are, in `offered`.
choose() {
    it='' offered='' listed=$1
    # apt leaves out the architecture when it is the machine's own.
    case "
$offers" in *"
$1 "*) ;; *) listed=${1%%:*} ;; esac
    while read -r name number; do
        [ "$name" = "$listed" ] || continue
        case " $offered," in *" $number,"*) ;; *) offered="${offered:+$offered, }$number" ;; esac
        if [ -z "$it" ] && matches "$number" "$2"; then it=$number; fi
    done <<END
$offers
END
    [ -n "$it" ]
}

# observe_packages N NAME PIN...: one question for all; what can be had is asked only of those that do not match their pin.
observe_packages() {
    choose_manager || {
        echo 'packages missing'
        return
    }
    list='' names='' unmatched=''
    while [ $# -gt 0 ]; do
        if is_word "$2"; then
            names="$names $2"
            list="$list$1 $2 $3
"
        fi
        shift 3
    done
    # shellcheck disable=SC2086 # single words
    states=$("${manager}_states" $names) || {
        echo 'packages failed'
        return
    }
    while read -r number called pin; do
        [ -n "$called" ] || continue
        find_package "$called"
        if [ "$status" = installed ] && ! matches "$version" "$pin"; then unmatched="$unmatched $called"; fi
    done <<END
$list
END
    offers=
    # shellcheck disable=SC2086
    if [ -n "$unmatched" ]; then offers=$("${manager}_offers" $unmatched); fi
    while read -r member called pin; do
        [ -n "$called" ] || continue
        find_package "$called"
        it=
        if [ "$status" = installed ] && ! matches "$version" "$pin"; then choose "$called" "$pin"; fi
        ours=no
        if [ -f "$store/packages/$called" ]; then ours=yes; fi
        printf 'package %s %s %s %s %s %s\n' "$member" "$status" "${version:--}" "$held" "${it:--}" "$ours"
    done <<END
$list
END
}
