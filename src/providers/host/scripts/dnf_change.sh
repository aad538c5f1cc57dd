#!/bin/sh
# How dnf changes packages, as packages.sh wants it.

# A repository that cannot be reached is told, and does not keep the others from being renewed.
dnf_update() {
    long dnf -q -y --refresh --setopt='*.skip_if_unavailable=0' makecache && return 0
    first=$because
    long dnf -q -y --refresh --setopt='*.skip_if_unavailable=1' makecache
    because="dnf makecache: $first"
    return 1
}

# dnf touches the folder whenever it runs, and these files when they are renewed.
dnf_is_old() {
    lists_age "$root"/var/cache/dnf/*/repodata/*
    [ "$it" -ge "$1" ]
}

# rpm has each package or does not have it: there are no half installed ones.
dnf_mend() { :; }

# dnf_words N...: in `dnf_line`: all at once, each in its version, upward or downward. Only dnf's shell takes what comes and
# what goes together; its script is in `dnf_script`.
dnf_words() {
    come='' dnf_script=''
    for n in "$@"; do
        recall "package_$n" && called=$it
        recall "choice_$n"
        come="$come $called-$it"
    done
    # shellcheck disable=SC2086
    names_of $removals
    # What came along with what goes is not ours to remove.
    dnf_line=--setopt=clean_requirements_on_remove=0
    case ${come:+come}${it:+go} in
    come) dnf_line="$dnf_line install$come" ;;
    go) dnf_line="$dnf_line remove$it" ;;
    *)
        dnf_script=$(mktemp) && printf 'install%s\nremove%s\nrun\n' "$come" "$it" >"$dnf_script" || return 1
        dnf_line="$dnf_line shell $dnf_script"
        ;;
    esac
}

# dnf_rehearse N...: dnf tells what it would do in a table, and ends with 1 as it is told not to; its shell ends with 0
# whatever happens.
dnf_rehearse() {
    dnf_words "$@" || return 1
    # shellcheck disable=SC2086
    rehearsed=$(dnf --assumeno $dnf_line 2>&1 </dev/null)
    rm -f -- "$dnf_script"
    case $rehearsed in
    *' Problem: '* | *'Unable to find a match'*) it=no ;;
    *'Operation aborted'* | *'Nothing to do'*) it=yes ;;
    *) it=no ;;
    esac
    [ "$it" = yes ] || {
        because="dnf cannot do this: $rehearsed"
        return 1
    }
    # shellcheck disable=SC2086
    names_of $removals
    section=
    while IFS= read -r line; do
        case $line in
        Removing*:) section=going && continue ;;
        [A-Z]*:) section='' && continue ;;
        # Of one that another one stands in for, with its architecture.
        '  '*' replacing '*) name=${line#*replacing} && name=${name#"${name%%[! ]*}"} && name=${name%% *} && name=${name%.*} ;;
        ' '[!\ ]*) [ -n "$section" ] || continue && name=${line# } && name=${name%% *} ;;
        *) continue ;;
        esac
        case "$it$others " in *" $name "*) ;; *) others="$others $name" ;; esac
    done <<END
$rehearsed
END
}

dnf_change() {
    # Beside what was edited there are others.
    edited=
    # shellcheck disable=SC2086
    if [ -n "$purges" ]; then names_of $purges && edited=$(rpm -qc -- $it 2>/dev/null); fi
    dnf_words "$@" || return 1
    # shellcheck disable=SC2086
    long dnf -q -y $dnf_line
    ended=$?
    rm -f -- "$dnf_script"
    [ "$ended" = 0 ] || {
        because="dnf ends with $ended:
$because"
        return 1
    }
    while IFS= read -r path; do
        case $path in /*) rm -f -- "$root$path.rpmsave" "$root$path.rpmnew" ;; esac
    done <<END
$edited
END
}

dnf_hold() {
    verb=add
    if [ "$1" = no ]; then verb=delete; fi
    shift
    because=$(dnf -q -y -C versionlock "$verb" "$@" 2>&1) && return 0
    because="dnf versionlock $verb (its plugin: dnf install 'dnf-command(versionlock)'): $because"
    return 1
}
