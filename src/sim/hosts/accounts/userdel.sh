
with_home=
while [ $# -gt 0 ]; do
  case $1 in
    -r) with_home=1 ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || die 2 "one login is needed"
has "$passwd" "$1" || die 6 "user '$1' does not exist"
uid=$(field "$passwd" "$1" 3) home=$(field "$passwd" "$1" 6)
user_uid=$uid
drop_line "$passwd" "$1"
drop_line "$shadow" "$1"
leave "$1" ''
# The group of the same name goes too, unless somebody else is in it.
gid=$(field "$groups" "$1" 3)
if [ -n "$gid" ] && [ -z "$(field "$groups" "$1" 4)" ]; then
  if [ -n "$(awk -F: -v gid="$gid" '$4 == gid' "$passwd")" ]; then
    echo "userdel: group $1 is the primary group of another user and is not removed." >&2
  else
    drop_line "$groups" "$1"
  fi
fi
[ -n "$with_home" ] || exit 0
if [ ! -d "$root$home" ]; then
  echo "userdel: $1 home directory ($home) not found" >&2
  exit 12
fi
owner "$(stat -c '%i:%.9W' -- "$root$home")"
[ "$uid" = "$user_uid" ] || die 12 "$home not owned by $1, not removing"
rm -rf -- "${root:?}$home"
