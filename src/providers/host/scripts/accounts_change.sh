#!/bin/sh
# Users and groups among what makes room: made, changed and removed by the programs of shadow-utils.

# need_accounts N PROGRAM...
need_accounts() {
    number=$1
    shift
    for tool in getent "$@"; do
        has_own "$tool" ||
            refuse "$number" "this host has no $tool to manage users and groups with: install shadow-utils (the package \
passwd or shadow)" || return 1
    done
    read_accounts || refuse "$number" 'the databases of users and groups cannot be read (getent passwd, getent group)'
}

# account N PROGRAM WORD...: changes the databases, which are read again after it.
account() {
    number=$1
    shift
    because=$("$@" 2>&1 9>&-) || refuse "$number" "${because:-$1 failed and did not say why}" || return 1
    have_accounts=
    read_accounts || refuse "$number" 'the databases of users and groups cannot be read any more'
}

# prepare_group N NAME GID SYSTEM: an empty number is as it comes.
prepare_group() {
    need_accounts "$1" groupadd groupmod || return 1
    if ! find_group "$2"; then
        as_system=
        if [ "$4" = yes ]; then as_system=-r; fi
        account "$1" groupadd ${as_system:+-r} ${3:+-g "$3"} -- "$2"
    elif [ -n "$3" ] && [ "$group_gid" != "$3" ]; then
        account "$1" groupmod -g "$3" -- "$2"
    fi
}

# prepare_group_removal N NAME
prepare_group_removal() {
    need_accounts "$1" groupdel || return 1
    find_group "$2" || return 0
    drop_group "$1" "$2"
}

# drop_group N NAME: the one that was just found. A user's own stays with the user, who cannot be without.
drop_group() {
    while IFS=: read -r _ _ _ gid _; do
        [ "$gid" != "$group_gid" ] || return 0
    done <<END
$users
END
    account "$1" groupdel -- "$2"
}

# prepare_user N NAME UID GROUP HOME CREATE_HOME SHELL SYSTEM COMMENT LOCKED GROUPS EXCLUSIVE TAKEN KEYS
# Empty is as it comes; COMMENT, GROUPS and KEYS begin with `=` where they are given. TAKEN are groups that it had from us.
prepare_user() {
    number=$1 name=$2 uid=$3 group=$4 home=$5 create_home=$6 shell=$7 system=$8 comment=$9
    shift 9
    locked=$1 wanted=$2 exclusive=$3 taken=$4 keys=$5
    need_accounts "$number" useradd usermod || return 1
    if find_user "$name"; then change_user || return 1; else add_user || return 1; fi
    find_user "$name" || refuse "$number" "the user $name is not there right after it was made" || return 1
    if [ -n "$wanted" ]; then give_groups || return 1; fi
    if [ "$create_home" = yes ] && [ ! -d "$root$user_home/" ]; then
        because=$(make_home 2>&1) || refuse "$number" "the home $user_home cannot be made: $because" || return 1
    fi
    if [ -n "$keys" ]; then
        because=$(put_keys 2>&1) || refuse "$number" "the keys of $name in $user_home/.ssh: $because"
    fi
}

add_user() {
    if [ "$system" = yes ]; then shell=${shell:-/usr/sbin/nologin}; fi
    set -- -M
    if [ -n "$group" ]; then
        set -- "$@" -g "$group"
    elif find_group "$name"; then
        set -- "$@" -g "$name"
    else
        # On record, as it goes with the user, unlike one that was there before.
        mkdir -p -- "$store/own-groups" && : | write "$store/own-groups/$name" ||
            refuse "$number" '/var/lib/infra cannot be written' || return 1
        set -- "$@" -U
    fi
    [ -z "$uid" ] || set -- "$@" -u "$uid"
    [ -z "$home" ] || set -- "$@" -d "$home"
    [ -z "$shell" ] || set -- "$@" -s "$shell"
    [ -z "$comment" ] || set -- "$@" -c "${comment#=}"
    [ "$system" = no ] || set -- "$@" -r
    # No password opens it. That is less than locked: sshd without PAM refuses a locked user's keys as well.
    if [ "$locked" = yes ]; then set -- "$@" -p '!*'; else set -- "$@" -p '*'; fi
    account "$number" useradd "$@" -- "$name"
}

change_user() {
    groups_of "$name" "$user_gid"
    set --
    if [ -n "$uid" ] && [ "$uid" != "$user_uid" ]; then set -- "$@" -u "$uid"; fi
    if [ -n "$group" ] && [ "$group" != "$primary" ] && [ "$group" != "$user_gid" ]; then set -- "$@" -g "$group"; fi
    if [ -n "$home" ] && [ "$home" != "$user_home" ]; then
        set -- "$@" -d "$home"
        # What it has goes with it, if that is its own.
        if [ "$create_home" = yes ] && [ ! -e "$root$home" ] && owns_home; then
            (umask 022 && mkdir -p -- "$root${home%/*}") 2>/dev/null
            set -- "$@" -m
        fi
    fi
    if [ -n "$shell" ] && [ "$shell" != "$user_shell" ]; then set -- "$@" -s "$shell"; fi
    if [ -n "$comment" ] && [ "${comment#=}" != "$user_comment" ]; then set -- "$@" -c "${comment#=}"; fi
    [ $# = 0 ] || account "$number" usermod "$@" -- "$name" || return 1
    case $locked,$password in
    yes,'!'*) ;;
    yes,*) account "$number" usermod -L -- "$name" ;;
    # There is no password behind the lock.
    no,'!' | no,'!!' | no,'!*') account "$number" usermod -p '*' -- "$name" ;;
    no,'!'*) account "$number" usermod -U -- "$name" ;;
    esac
}

owns_home() { [ -d "$root$user_home/" ] && [ "$(stat -c %u -- "$root$user_home")" = "$user_uid" ]; }

# lacks LIST OTHER: whether something in one list, apart by commas, is not in the other.
lacks() {
    rest=$1,
    while [ -n "$rest" ]; do
        item=${rest%%,*} rest=${rest#*,}
        case ",$2," in *",$item,"*) ;; *) [ -z "$item" ] || return 0 ;; esac
    done
    return 1
}

give_groups() {
    groups_of "$name" "$user_gid"
    list=${wanted#=}
    if [ "$exclusive" = no ]; then
        rest=$member_of,
        while [ -n "$rest" ]; do
            item=${rest%%,*} rest=${rest#*,}
            case ",$list,$taken," in *",$item,"*) ;; *) list=$list${list:+,}$item ;; esac
        done
    fi
    if lacks "$list" "$member_of" || lacks "$member_of" "$list"; then
        account "$number" usermod -G "$list" -- "$name"
    fi
}

# make_home: as useradd makes one, and all at once, so that a kill leaves no half of it.
make_home() {
    mode='' mask=022
    if [ -r "$root/etc/login.defs" ]; then
        while read -r word value _; do
            case $word in HOME_MODE) mode=$value ;; UMASK) mask=$value ;; esac
        done <"$root/etc/login.defs"
    fi
    mode=${mode:-$(printf %o "$((0777 & ~0${mask#0}))")}
    at=$root$user_home
    staged=${at%/*}/.infra-home-$name
    if [ -e "$at" ] || [ -h "$at" ]; then
        echo 'there is something else'
        return 1
    fi
    (umask 022 && mkdir -p -- "${at%/*}") && rm -rf -- "$staged" && mkdir -- "$staged" || return 1
    if [ -d "$root/etc/skel" ]; then cp -RP -- "$root/etc/skel/." "$staged" || return 1; fi
    chown -hR -- "$user_uid:$user_gid" "$staged" && chmod -- "$mode" "$staged" && mv -T -- "$staged" "$at" || return 1
    if [ -z "$root" ] && command -v restorecon >/dev/null 2>&1; then restorecon -R -- "$at"; fi
    flush "${at%/*}"
}

# put_keys: the folder is the user's, who may put links there: it is entered, and looked at from within.
put_keys() {
    cd -P -- "$root$user_home" 2>/dev/null || {
        echo 'there is no such home; set create_home'
        return 1
    }
    within_home=$(pwd -P)
    [ -d .ssh ] || mkdir .ssh || return 1
    cd -P -- .ssh || return 1
    if [ "$(pwd -P)" != "${within_home%/}/.ssh" ]; then
        echo 'the folder leads elsewhere'
        return 1
    fi
    rm -f -- .infra-keys && (set -C && printf %s "${keys#=}" >.infra-keys) &&
        chown -h -- "$user_uid:$user_gid" .infra-keys && flush .infra-keys && mv -fT -- .infra-keys authorized_keys &&
        chown -h -- "$user_uid:$user_gid" . && chmod 0700 . || return 1
    if [ -z "$root" ] && command -v restorecon >/dev/null 2>&1; then restorecon -R .; fi
    flush .
}

# prepare_user_removal N NAME REMOVE_HOME LOGIN: LOGIN is whom we are connected as, where that is known.
prepare_user_removal() {
    need_accounts "$1" userdel groupadd groupdel || return 1
    find_user "$2" || return 0
    if [ "$2" = "$4" ] || [ "$2" = "$(id -un)" ] || [ "$2" = "${SUDO_USER-}" ] || [ "$user_uid" = 0 ]; then
        refuse "$1" "$2 is not removed: we are logged in as that user, or it is root; let go of it with a \`removed\` block" ||
            return 1
    fi
    its_gid=
    if find_group "$2"; then its_gid=$group_gid; fi
    if [ "$3" = yes ] && [ -d "$root$user_home/" ]; then
        owns_home || refuse "$1" "the home $user_home does not belong to $2, so that it is not removed with the user" ||
            return 1
        account "$1" userdel -r -- "$2" || return 1
    else
        account "$1" userdel -- "$2" || return 1
    fi
    # Many hosts are set up so that the group of the same name goes too, be it somebody else's; others are not.
    if [ -f "$store/own-groups/$2" ]; then
        rm -f -- "$store/own-groups/$2"
        find_group "$2" && [ -z "${line##*:}" ] || return 0
        drop_group "$1" "$2"
    elif [ -n "$its_gid" ] && ! find_group "$2"; then
        account "$1" groupadd -g "$its_gid" -- "$2"
    fi
}
