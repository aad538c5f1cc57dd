#!/bin/sh
# A stand-in for systemctl on a simulated machine. It keeps what a service manager would know
# below $INFRA_ROOT/run/infra-units and runs no service: a start succeeds or fails by whether
# the programs are there. A failing service that systemd would only notice later, or would
# restart, is worked out from the moment of its start whenever it is looked at.
set -u

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "systemctl: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi
root=${INFRA_ROOT%/}
units=$root/run/infra-units
system=$root/etc/systemd/system
newline='
'

say() { [ -n "$quiet" ] || echo "$*" >&2; }

now() { date +%s%6N; }

# The journal has a line for each message: microseconds, unit, text.
note() { printf '%s %s %s\n' "$(now)" "$1" "$2" >>"$root/run/infra-journal"; }

# What is kept about a unit: get UNIT NAME DEFAULT into $value, put UNIT NAME VALUE.
get() {
  value=$3
  if [ -f "$units/$1/$2" ]; then IFS= read -r value <"$units/$1/$2" || value=$3; fi
}
put() {
  [ -d "$units/$1" ] || mkdir -p "$units/$1"
  printf '%s\n' "$3" >"$units/$1/$2"
}

full_name() {
  case $1 in
    *.service | *.timer | *.socket | *.target | *.path | *.mount | *.slice) unit=$1 ;;
    *) unit=$1.service ;;
  esac
}

# Finds a unit's file as the machine sees it ($fragment) and its drop-ins ($dropins, one a line).
locate() {
  fragment='' dropins='' state=not-found
  names=$1
  case $1 in
    *@*.*) names="$1 ${1%%@*}@.${1##*.}" ;;
  esac
  for name in $names; do
    for folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system \
      /usr/lib/systemd/system /lib/systemd/system; do
      if [ -z "$fragment" ] && { [ -e "$root$folder/$name" ] || [ -L "$root$folder/$name" ]; }; then
        fragment=$folder/$name
      fi
    done
  done
  if [ -n "$fragment" ]; then
    if [ -L "$root$fragment" ] && [ "$(readlink "$root$fragment")" = /dev/null ]; then state=masked; else state=loaded; fi
  fi
  for name in $names; do
    for folder in /etc/systemd/system /run/systemd/system /usr/lib/systemd/system; do
      for file in "$root$folder/$name.d"/*.conf; do
        [ -e "$file" ] && dropins=$dropins${dropins:+$newline}${file#"$root"}
      done
    done
  done
}

# The text of the located unit on disk, with these drop-ins.
on_disk() {
  if [ "$state" != loaded ]; then return; fi
  cat "$root$fragment"
  [ -n "$1" ] || return 0
  printf '%s\n' "$1" | while IFS= read -r file; do
    [ -z "$file" ] || { echo; cat "$root$file"; }
  done
}

# Remembers what the manager goes by until it is reloaded: the text, where it is from, and which folders of drop-ins there
# were.
load() {
  mkdir -p "$units/$1"
  on_disk "$dropins" >"$units/$1/text"
  put "$1" state "$state"
  put "$1" fragment "$fragment"
  printf '%s' "$dropins" >"$units/$1/dropins"
  for name in $names; do
    for folder in /etc/systemd/system /run/systemd/system /usr/lib/systemd/system; do
      if [ -d "$root$folder/$name.d" ]; then printf '%s\n' "$folder/$name.d"; fi
    done
  done >"$units/$1/folders"
}

is_loaded() { [ -f "$units/$1/text" ]; }

# Puts what is remembered in place of what was located.
as_loaded() {
  is_loaded "$1" || return 0
  get "$1" state "$state"; state=$value
  get "$1" fragment "$fragment"; fragment=$value
  dropins=$(cat "$units/$1/dropins")
}

# A unit that does nothing, has not failed and is wanted by nobody is forgotten with all that was known of it, and read afresh
# when it is next needed.
forget_idle() {
  observe "$1"
  if [ "$active" = inactive ] && ! is_wanted "$1"; then rm -rf "${units:?}/$1"; fi
}

# The text in force: the one remembered, else the one on disk.
in_force() { if is_loaded "$1"; then cat "$units/$1/text"; else on_disk "$dropins"; fi; }

# Whether the located unit is not as it is remembered. Files count as soon as they are written to, drop-ins only in folders
# that the manager knows: it looks for new ones when it is reloaded.
is_stale() {
  is_loaded "$1" || return 1
  get "$1" state ''
  if [ "$state" = not-found ] && [ "$value" != not-found ]; then return 0; fi
  kept=
  for file in ${fragment:+"$fragment"} $dropins; do
    if [ "$file" != "$fragment" ]; then
      grep -qxF "${file%/*}" "$units/$1/folders" || continue
      kept=$kept${kept:+$newline}$file
    fi
    if [ -n "$(find -L "$root$file" -newer "$units/$1/text" 2>/dev/null)" ]; then return 0; fi
  done
  if [ "$kept" != "$(cat "$units/$1/dropins")" ]; then return 0; fi
  if [ "$state" = loaded ] && [ -z "$kept" ]; then
    ! cmp -s "$root$fragment" "$units/$1/text"
  else
    ! on_disk "$kept" | cmp -s - "$units/$1/text"
  fi
}

# The values of a setting in a unit's text, one a line; an empty one forgets those before it.
setting() {
  text=$units/$1/text
  if is_loaded "$1"; then settings "$text" "$2" "$3"; else on_disk "$dropins" | settings - "$2" "$3"; fi
}

# settings FILE SECTION NAME
settings() {
  awk -v section="[$2]" -v key="$3" '
    { sub(/^[ \t]+/, ""); sub(/[ \t\r]+$/, "") }
    /^[#;]/ { next }
    held != "" { $0 = held " " $0; held = "" }
    /\\$/ { held = substr($0, 1, length($0) - 1); next }
    /^\[/ { inside = ($0 == section); next }
    inside && (at = index($0, "=")) {
      name = substr($0, 1, at - 1); text = substr($0, at + 1)
      sub(/[ \t]+$/, "", name); sub(/^[ \t]+/, "", text)
      if (name != key) next
      if (text == "") { count = 0; next }
      values[++count] = text
    }
    END { for (i = 1; i <= count; i++) print values[i] }' "$1"
}

last_setting() {
  value=$(setting "$1" "$2" "$3")
  value=${value##*"$newline"}
  value=${value:-$4}
}

has_install() { in_force "$1" | grep -q '^\[Install\]'; }

is_wanted() {
  for link in "$system"/*.wants/"$1" "$system"/*.requires/"$1"; do
    [ -L "$link" ] && return 0
  done
  return 1
}

file_state() {
  case $state in
    not-found)
      enabled=''
      get "$1" state not-found
      if is_loaded "$1" && [ "$value" != not-found ]; then enabled=bad; fi
      ;;
    masked) enabled=masked ;;
    *) if is_wanted "$1"; then enabled=enabled; elif has_install "$1"; then enabled=disabled; else enabled=static; fi ;;
  esac
}

# Whether the programs of a setting are there; the exit status of the first failure in $failure.
runs() {
  failure=0
  commands=$(setting "$1" Service "$2")
  while IFS= read -r command; do
    [ -n "$command" ] || continue
    program=${command%%[ 	]*}
    forgiven=
    while :; do
      case $program in
        -*) forgiven=1 program=${program#?} ;;
        [@:+!\|]*) program=${program#?} ;;
        *) break ;;
      esac
    done
    case $program in
      false | */bin/false) found=1 failure=1 ;;
      /*) found=; if [ -x "$root$program" ] || [ -x "$program" ]; then found=1; fi ;;
      *)
        found=
        for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
          if [ -x "$root$folder/$program" ] || [ -x "$folder/$program" ]; then found=1; fi
        done
        ;;
    esac
    [ -n "$found" ] || failure=203
    if [ -n "$forgiven" ]; then failure=0; fi
    [ "$failure" = 0 ] || return 1
  done <<EOF
$commands
EOF
  return 0
}

