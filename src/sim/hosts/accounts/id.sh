
what='' name=''
while [ $# -gt 0 ]; do
  case $1 in
    -u | -g | -G) what=$what${1#-} ;;
    -n) name=1 ;;
    -un | -nu) what=u name=1 ;;
    -gn | -ng) what=g name=1 ;;
    -Gn | -nG) what=G name=1 ;;
    --) ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
# Whoever configures a machine is root there.
user=${1:-root}
has "$passwd" "$user" || die 1 "'$user': no such user"
gid=$(field "$passwd" "$user" 4)
case $what in
  u) if [ -n "$name" ]; then echo "$user"; else field "$passwd" "$user" 3; fi ;;
  g) if [ -n "$name" ]; then name_of "$groups" "$gid"; else echo "$gid"; fi ;;
  G)
    line=
    for group in $(name_of "$groups" "$gid") $(groups_with "$user"); do
      [ -n "$name" ] || group=$(field "$groups" "$group" 3)
      case " $line " in *" $group "*) ;; *) line=$line${line:+ }$group ;; esac
    done
    echo "$line"
    ;;
  *) die 1 "the simulated machine can only be asked with -u, -g or -G" ;;
esac
