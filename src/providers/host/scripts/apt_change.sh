#!/bin/sh
# How apt changes packages, as packages.sh wants it.

# apt_get WORD...: asks nothing, keeps configuration files that were edited, waits for others that hold dpkg's lock.
apt_get() {
    long env DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 \
        UCF_FORCE_CONFFOLD=1 apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" && return 0
    because="apt-get ends with $code:
$because"
    return 1
}

# Without the option an update that reaches no mirror ends well.
apt_update() { apt_get -o APT::Update::Error-Mode=any update; }

apt_is_old() {
    lists_age "$root/var/lib/apt/lists"
    [ "$it" -ge "$1" ]
}

apt_mend() {
    [ -n "$(dpkg --audit 2>&1)" ] || return 0
    long env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a && return 0
    # What lacks something else is mended by what is installed next.
    [ -z "$(ls -A "$root/var/lib/dpkg/updates" 2>/dev/null)" ]
}

# apt_words N...: as apt-get takes them: exact versions, and a `-` behind what goes.
apt_words() {
    apt_list=
    for n in "$@"; do
        recall "package_$n"
        apt_list="$apt_list $it"
        recall "choice_$n"
        apt_list="$apt_list=$it"
    done
    for n in $removals; do
        recall "package_$n"
        apt_list="$apt_list $it-"
    done
}

apt_rehearse() {
    apt_words "$@"
    # shellcheck disable=SC2086
    rehearsed=$(apt-get -s -q -y --allow-downgrades install $apt_list 2>&1 </dev/null) || {
        because="apt-get cannot do this: $rehearsed"
        return 1
    }
    # shellcheck disable=SC2086
    names_of $removals
    while read -r what name _; do
        case $what in Remv | Purg) case "$it " in *" $name "*) ;; *) others="$others $name" ;; esac ;; esac
    done <<END
$rehearsed
END
}

apt_change() {
    apt_words "$@"
    purge=''
    if [ -n "$purges" ] && [ "$purges" = "$removals" ]; then purge=--purge; fi
    # shellcheck disable=SC2086
    apt_get --allow-downgrades $purge install $apt_list || return 1
    if [ -z "$purge" ] && [ -n "$purges" ]; then
        # shellcheck disable=SC2086
        names_of $purges
        # shellcheck disable=SC2086
        apt_get purge $it
    fi
}

apt_hold() {
    verb=hold
    if [ "$1" = no ]; then verb=unhold; fi
    shift
    because=$(apt-mark "$verb" "$@" 2>&1) && return 0
    because="apt-mark $verb: $because"
    return 1
}
