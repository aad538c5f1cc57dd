
gid='' as_system=''
while [ $# -gt 0 ]; do
  case $1 in
    -g) gid=$2; shift ;;
    -r) as_system=1 ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || die 2 "one group is needed"
case $1 in '' | -* | *[:,/\ ]*) die 3 "'$1' is not a valid group name" ;; esac
case $gid in *[!0-9]*) die 3 "invalid group ID '$gid'" ;; esac
has "$groups" "$1" && die 9 "group '$1' already exists"
if [ -z "$gid" ]; then
  gid=$(free "$groups" "$as_system")
elif [ -n "$(name_of "$groups" "$gid")" ]; then
  die 4 "GID '$gid' already exists"
fi
printf '%s:x:%s:\n' "$1" "$gid" >>"$groups"
