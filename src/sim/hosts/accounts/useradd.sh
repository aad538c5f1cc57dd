
uid='' group='' own_group=1 home='' shell=/bin/sh comment='' password='!' as_system='' list=''
while [ $# -gt 0 ]; do
  case $1 in
    -u) uid=$2; shift ;;
    -g) group=$2 own_group=''; shift ;;
    -G) list=$2; shift ;;
    -d) home=$2; shift ;;
    -s) shell=$2; shift ;;
    -c) comment=$2; shift ;;
    -p) password=$2; shift ;;
    -r) as_system=1 ;;
    -U) own_group=1 ;;
    -N) own_group='' ;;
    # It makes no home unless it is asked to.
    -M) ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || die 2 "one login is needed"
case $1 in '' | -* | *[:,/\ ]*) die 3 "invalid user name '$1': use --badname to ignore" ;; esac
case $comment in *:* | *"$newline"*) die 3 "invalid comment '$comment'" ;; esac
case $uid in *[!0-9]*) die 3 "invalid user ID '$uid'" ;; esac
has "$passwd" "$1" && die 9 "user '$1' already exists"
if [ -n "$own_group" ]; then
  has "$groups" "$1" && die 9 "group $1 exists - if you want to add this user to that group, use -g."
else
  group=${group:-users}
  gid=$(number "$groups" "$group")
  [ -n "$gid" ] || die 6 "group '$group' does not exist"
fi
need_groups "$list"
if [ -z "$uid" ]; then
  uid=$(free "$passwd" "$as_system")
elif [ -n "$(name_of "$passwd" "$uid")" ]; then
  die 4 "UID $uid is not unique"
fi
if [ -n "$own_group" ]; then
  gid=$uid
  [ -z "$(name_of "$groups" "$gid")" ] || gid=$(free "$groups" "$as_system")
  printf '%s:x:%s:\n' "$1" "$gid" >>"$groups"
fi
[ -x "$root$shell" ] || [ -x "$shell" ] || echo "useradd: Warning: missing or non-executable shell '$shell'" >&2
printf '%s:x:%s:%s:%s:%s:%s\n' "$1" "$uid" "$gid" "$comment" "${home:-/home/$1}" "$shell" >>"$passwd"
ages='0:99999:7:::'
[ -z "$as_system" ] || ages=:::::
printf '%s:%s:%s:%s\n' "$1" "$password" "$(($(date +%s) / 86400))" "$ages" >>"$shadow"
join "$1" "$list"
