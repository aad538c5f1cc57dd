#!/bin/sh
# Users and groups, as the host's databases have them: asked once for all that is to be seen. Nothing here changes the
# host.

# has_own PROGRAM: a private root must not reach the users of the machine that it lies on.
has_own() {
    found=$(command -v "$1" 2>/dev/null) || return 1
    [ -n "$root" ] || return 0
    case $found in "${INFRA_BIN:-/dev/null}"/*) ;; *) return 1 ;; esac
}

# read_accounts: into `users`, `groups` and `shadows`, unless they are there. Only root may read who is locked.
read_accounts() {
    [ "${have_accounts-}" != yes ] || return 0
    has_own getent && users=$(getent passwd) && groups=$(getent group) || return 1
    shadows=$(getent shadow 2>/dev/null)
    have_accounts=yes
}

# line_of NAME DATABASE: its line in `line`.
line_of() {
    case "
$2" in *"
$1:"*) ;; *) return 1 ;; esac
    line="
$2"
    line=${line#*"
$1:"}
    line=$1:${line%%"
"*}
}

# find_user NAME: its password's hash is `-` where we may not read it.
find_user() {
    line_of "$1" "$users" || return 1
    IFS=: read -r _ _ user_uid user_gid user_comment user_home user_shell <<END
$line
END
    password=-
    if line_of "$1" "$shadows"; then
        password=${line#*:}
        password=${password%%:*}
    fi
}

# find_group NAME
find_group() {
    line_of "$1" "$groups" || return 1
    group_gid=${line#*:*:}
    group_gid=${group_gid%%:*}
}

# groups_of NAME GID: those whose member it is, apart by commas, in `member_of`; the name of its own in `primary`.
groups_of() {
    member_of='' primary=''
    while IFS=: read -r a_group _ gid its_members; do
        if [ "$gid" = "$2" ] && [ -z "$primary" ]; then primary=$a_group; fi
        case ",$its_members," in *",$1,"*) member_of=$member_of${member_of:+,}$a_group ;; esac
    done <<END
$groups
END
    primary=${primary:-$2}
}


# observe_group N NAME
observe_group() {
    if ! read_accounts; then
        printf 'group %s unknown\n' "$1"
    elif ! find_group "$2"; then
        printf 'group %s absent\n' "$1"
    else
        printf 'group %s present %s\n' "$1" "$group_gid"
    fi
}

# observe_user N NAME KEYS: with `yes`, the keys that open it are read too.
observe_user() {
    if ! read_accounts; then
        printf 'user %s unknown\n' "$1"
        return
    fi
    if ! find_user "$2"; then
        printf 'user %s absent\n' "$1"
        return
    fi
    groups_of "$2" "$user_gid"
    locked=no
    case $password in -) locked=- ;; '!'*) locked=yes ;; esac
    if [ -d "$root$user_home/" ]; then kind=directory; else look "$root$user_home"; fi
    printf 'user %s present %s %s' "$1" "$user_uid" "$user_gid"
    for word in "$primary" "$user_comment" "$user_home" "$user_shell"; do spell "$word" && printf ' %s' "$it"; done
    spell "$member_of"
    printf ' %s %s %s' "$locked" "$it" "$kind"
    if [ "$3" = yes ]; then observe_keys "$root$user_home/.ssh"; fi
    echo
}

# observe_keys FOLDER: who owns the folder and the file, which decides whether sshd believes them.
observe_keys() {
    look "$1/authorized_keys"
    if [ "$kind" = regular ] && facts=$(stat -c '%u %a' -- "$1" "$1/authorized_keys"); then
        spell "$(cat -- "$1/authorized_keys")"
        printf ' keys %s %s %s' "${facts%%
*}" "${facts##*
}" "$it"
    else
        if [ "$kind" = regular ]; then kind=hidden; fi
        printf ' %s' "$kind"
    fi
}
