
uid='' group='' home='' shell='' comment='' password='' list='' lock='' move=''
has_comment='' has_list='' appends=''
while [ $# -gt 0 ]; do
  case $1 in
    -u) uid=$2; shift ;;
    -g) group=$2; shift ;;
    -G) list=$2 has_list=1; shift ;;
    -a) appends=1 ;;
    -d) home=$2; shift ;;
    -m) move=1 ;;
    -s) shell=$2; shift ;;
    -c) comment=$2 has_comment=1; shift ;;
    -p) password=$2; shift ;;
    -L) lock=L ;;
    -U) lock=U ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || die 2 "one login is needed"
has "$passwd" "$1" || die 6 "user '$1' does not exist"
case $comment in *:* | *"$newline"*) die 3 "invalid field '$comment'" ;; esac
case $uid in *[!0-9]*) die 3 "invalid user ID '$uid'" ;; esac
[ -z "$move" ] || [ -n "$home" ] || die 2 "no options: -m needs -d"
[ -z "$appends" ] || [ -n "$has_list" ] || die 2 "-a needs -G"
if [ -n "$lock" ] && [ -n "$password" ]; then die 2 "the -L, -p, and -U flags are exclusive"; fi
need_groups "$list"
old_uid=$(field "$passwd" "$1" 3) old_gid=$(field "$passwd" "$1" 4) old_home=$(field "$passwd" "$1" 6)
gid=
if [ -n "$group" ]; then
  gid=$(number "$groups" "$group")
  [ -n "$gid" ] || die 6 "group '$group' does not exist"
fi
if [ -n "$uid" ] && [ "$uid" != "$old_uid" ] && [ -n "$(name_of "$passwd" "$uid")" ]; then
  die 4 "UID '$uid' already exists"
fi
secret=$(field "$shadow" "$1" 2)
case $lock$secret in
  'U!') die 1 "unlocking the user's password would result in a passwordless account." ;;
  'U!'*) set_field "$shadow" "$1" 2 "${secret#!}" ;;
  'L!'*) ;;
  L*) set_field "$shadow" "$1" 2 "!$secret" ;;
esac
[ -z "$password" ] || set_field "$shadow" "$1" 2 "$password"
[ -z "$uid" ] || set_field "$passwd" "$1" 3 "$uid"
[ -z "$gid" ] || set_field "$passwd" "$1" 4 "$gid"
[ -z "$has_comment" ] || set_field "$passwd" "$1" 5 "$comment"
[ -z "$home" ] || set_field "$passwd" "$1" 6 "$home"
[ -z "$shell" ] || set_field "$passwd" "$1" 7 "$shell"
if [ -n "$has_list" ]; then
  [ -n "$appends" ] || leave "$1" "$list"
  join "$1" "$list"
fi
if [ -n "$move" ] && [ "$home" != "$old_home" ]; then
  [ ! -e "$root$home" ] || die 12 "directory $home exists"
  if [ -d "$root$old_home" ]; then
    mv -T "$root$old_home" "$root$home" || die 12 "cannot rename directory $old_home to $home"
  fi
fi
# What is in its home goes over to the new numbers.
at=$root$(field "$passwd" "$1" 6)
[ -z "$uid" ] || renumber "$at" 2 "$old_uid" "$uid"
[ -z "$gid" ] || renumber "$at" 3 "$old_gid" "$gid"
