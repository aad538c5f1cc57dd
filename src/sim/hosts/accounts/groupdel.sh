
while [ $# -gt 0 ]; do
  case $1 in
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
done
[ $# = 1 ] || die 2 "one group is needed"
has "$groups" "$1" || die 6 "group '$1' does not exist"
user=$(awk -F: -v gid="$(field "$groups" "$1" 3)" '$4 == gid { print $1; exit }' "$passwd")
[ -z "$user" ] || die 8 "cannot remove the primary group of user '$user'"
drop_line "$groups" "$1"
