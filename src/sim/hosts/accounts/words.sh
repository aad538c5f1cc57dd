#!/bin/sh
# shellcheck disable=SC2034,SC2317 # each program uses some of these
#
# The users and groups of a simulated machine, in the files where a real one has them, and whose its files are. The process
# that simulates may not be able to give files away, so that owners are kept beside them: by inode and birth, which a
# rename leaves as they are. What is not listed is root's.
set -u

tool=${0##*/}
if [ -z "${INFRA_ROOT:-}" ]; then
  echo "$tool: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi
root=${INFRA_ROOT%/}
passwd=$root/etc/passwd groups=$root/etc/group shadow=$root/etc/shadow
owners=$root/var/lib/simulated/owners
newline='
'

# From here on the machine's own programs are meant, not their stand-ins.
here=${0%/*} others='' rest=$PATH:
while [ -n "$rest" ]; do
  folder=${rest%%:*} rest=${rest#*:}
  [ "$folder" = "$here" ] || others=$others${others:+:}$folder
done
PATH=$others

die() { code=$1; shift; echo "$tool: $*" >&2; exit "$code"; }
unknown() { die 2 "the simulated machine does not know the option '$1'"; }

# field FILE NAME N: a field of the line of NAME.
field() { awk -F: -v name="$2" -v n="$3" '$1 == name { print $n; exit }' "$1"; }

has() { [ -n "$(field "$1" "$2" 1)" ]; }

replace() { cat >"$1.new" && mv -f "$1.new" "$1"; }

# set_field FILE NAME N TEXT
set_field() {
  TEXT=$4 awk -F: -v OFS=: -v name="$2" -v n="$3" '$1 == name { $n = ENVIRON["TEXT"] } { print }' "$1" | replace "$1"
}

drop_line() { awk -F: -v name="$2" '$1 != name' "$1" | replace "$1"; }

# number FILE NAME-OR-NUMBER: of a user or a group; nothing when there is none.
number() { awk -F: -v wanted="$2" '$1 == wanted || $3 == wanted { print $3; exit }' "$1"; }

name_of() { awk -F: -v wanted="$2" '$3 == wanted { print $1; exit }' "$1"; }

# free FILE SYSTEM: the next free number; those of people go up, those of the system down.
free() {
  awk -F: -v system_too="$2" '
    { taken[$3] = 1; if ($3 >= 1000 && $3 <= 60000 && $3 > last) last = $3 }
    END {
      if (system_too == "") print (last ? last + 1 : 1000)
      else for (id = 999; id >= 100; id--) if (!(id in taken)) { print id; exit }
    }' "$1"
}

# groups_with USER: the names of the groups that have it as a member.
groups_with() { awk -F: -v user="$1" 'index("," $4 ",", "," user ",") { print $1 }' "$groups"; }

# join USER LIST, leave USER: membership of the groups in a list, apart by commas; of all others.
join() {
  awk -F: -v OFS=: -v user="$1" -v list="$2" '
    index("," list ",", "," $1 ",") && !index("," $4 ",", "," user ",") { $4 = $4 ($4 == "" ? "" : ",") user }
    { print }' "$groups" | replace "$groups"
}
leave() {
  awk -F: -v OFS=: -v user="$1" -v list="$2" '
    !index("," list ",", "," $1 ",") && index("," $4 ",", "," user ",") {
      count = split($4, members, ","); $4 = ""
      for (i = 1; i <= count; i++) if (members[i] != user) $4 = $4 ($4 == "" ? "" : ",") members[i]
    }
    { print }' "$groups" | replace "$groups"
}

# need_groups LIST: all of them must be there.
need_groups() {
  rest=$1,
  while [ -n "$rest" ]; do
    item=${rest%%,*} rest=${rest#*,}
    [ -z "$item" ] || has "$groups" "$item" || die 6 "group '$item' does not exist"
  done
}

# What tells files apart, one a line.
keys_of() { find "$@" -exec stat -c '%i:%.9W' -- {} +; }

# give UID GID: those whose keys are on stdin; an empty one stays as it is.
give() {
  mkdir -p "${owners%/*}"
  [ -f "$owners" ] || : >"$owners"
  awk -v uid="$1" -v gid="$2" '
    BEGIN { while ((getline key < "-") > 0) given[key] = 1 }
    $1 in given { print $1, (uid == "" ? $2 : uid), (gid == "" ? $3 : gid); delete given[$1]; next }
    { print }
    END { for (key in given) print key, (uid == "" ? 0 : uid), (gid == "" ? 0 : gid) }' "$owners" | replace "$owners"
}

# owner KEY: into $uid and $gid.
owner() {
  uid=0 gid=0
  [ -f "$owners" ] || return 0
  while read -r key its_uid its_gid; do
    if [ "$key" = "$1" ]; then
      uid=$its_uid gid=$its_gid
      return 0
    fi
  done <"$owners"
}

# renumber FOLDER N FROM TO: owner (2) or group (3) of what is in a folder and belongs to a number.
renumber() {
  if [ ! -d "$1" ] || [ ! -f "$owners" ]; then return 0; fi
  keys_of "$1" | awk -v n="$2" -v from="$3" -v to="$4" -v owners="$owners" '
    { inside[$1] = 1 }
    END {
      while ((getline < owners) > 0) { if ($1 in inside && $n == from) $n = to; print }
    }' | replace "$owners"
}
