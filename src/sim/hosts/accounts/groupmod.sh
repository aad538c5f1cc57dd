
gid=
while [ $# -gt 0 ]; do
  case $1 in
    -g) gid=$2; shift ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || die 2 "one group is needed"
case $gid in *[!0-9]*) die 3 "invalid group ID '$gid'" ;; esac
has "$groups" "$1" || die 6 "group '$1' does not exist"
old=$(field "$groups" "$1" 3)
if [ -z "$gid" ] || [ "$gid" = "$old" ]; then exit 0; fi
[ -z "$(name_of "$groups" "$gid")" ] || die 4 "GID '$gid' already exists"
set_field "$groups" "$1" 3 "$gid"
# Those whose own group it is follow; files do not.
awk -F: -v OFS=: -v from="$old" -v to="$gid" '$4 == from { $4 = to } { print }' "$passwd" | replace "$passwd"
