
deep=''
while [ $# -gt 0 ]; do
  case $1 in
    -h) ;;
    -R | -hR | -Rh) deep=1 ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 2 ] || die 1 "missing operand"
wanted=$1
shift
user=${wanted%%:*} uid='' gid=''
if [ -n "$user" ]; then
  uid=$(number "$passwd" "$user")
  case $user in *[!0-9]*) ;; *) uid=$user ;; esac
  [ -n "$uid" ] || die 1 "invalid user: '$wanted'"
fi
case $wanted in
  *:)
    # The group that the user has at login.
    [ -z "$user" ] || gid=$(awk -F: -v uid="$uid" '$3 == uid { print $4; exit }' "$passwd")
    ;;
  *:*)
    group=${wanted#*:}
    gid=$(number "$groups" "$group")
    case $group in *[!0-9]*) ;; *) gid=$group ;; esac
    [ -n "$gid" ] || die 1 "invalid group: '$wanted'"
    ;;
esac
code=0
for file in "$@"; do
  if [ ! -e "$file" ] && [ ! -L "$file" ]; then
    echo "chown: cannot access '$file': No such file or directory" >&2
    code=1
    continue
  fi
  case $file in */*) folder=${file%/*}/ ;; *) folder=. ;; esac
  case $(cd -P -- "$folder" && pwd -P)/ in
    "$(cd -P -- "$root/" && pwd -P)"/*) ;;
    *) die 1 "changing ownership of '$file': it is not on the simulated machine" ;;
  esac
  if [ -n "$deep" ]; then
    keys_of "$file" | give "$uid" "$gid"
  else
    stat -c '%i:%.9W' -- "$file" | give "$uid" "$gid"
  fi
  # The kernel takes these away with the owner.
  if [ -f "$file" ] && [ ! -L "$file" ]; then chmod -- u-s,g-s "$file"; fi
done
exit "$code"
