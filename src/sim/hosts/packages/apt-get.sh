# apt-get [OPTION...] update | install NAME[=VERSION]|NAME-... | remove NAME... | purge NAME...
fail() {
  echo "E: $*" >&2
  exit 100
}

simulate='' purge='' downgrade='' change_held='' verb='' given=''
while [ $# -gt 0 ]; do
  case $1 in
    -s | --simulate | --dry-run | --just-print) simulate=yes ;;
    --purge) purge=yes ;;
    --allow-downgrades) downgrade=yes ;;
    --allow-change-held-packages) change_held=yes ;;
    -o | -c) shift ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else given="$given $1"; fi ;;
  esac
  shift
done

# Adds to $adds what is not there yet, dependencies first: words name=version.
add() {
  look_up "$1" "${2:-}" || fail "Version '${2:-}' for '$1' was not found"
  # shellcheck disable=SC2086
  set -- "$1" "$number" "$needs"
  if [ "$3" != - ]; then is_installed "$3" || case " $adds " in *" $3="*) ;; *) add_best "$3" ;; esac; fi
  is_installed "$1" && [ "$held_version" = "$2" ] && return 0
  if [ "$want" = hold ] && [ -z "$change_held" ]; then
    fail "Held packages were changed and -y was used without --allow-change-held-packages."
  fi
  if [ "$state" = installed ] && is_before "$2" "$held_version" && [ -z "$downgrade" ]; then
    fail "Packages were downgraded and -y was used without --allow-downgrades."
  fi
  adds="$adds $1=$2"
}

add_best() {
  look_up "$1" || fail "Unable to locate package $1"
  adds="$adds $1=$number"
}

# Whether a version stands after another in the table, so that it is older.
is_before() { [ "$(catalogue | awk -v a="$1" -v b="$2" '$2 == a || $2 == b { print $2; exit }')" = "$2" ]; }

# Adds to $goes what is there, and what depends on it before it.
drop() {
  is_installed "$1" || {
    look_up "$1" || fail "Unable to locate package $1"
    [ -n "$state" ] && [ "$verb$purge" != remove ] || return 0
  }
  for dependant in $(catalogue | awk -v name="$1" '$3 == name { print $1 }' | sort -u); do
    case " $goes " in *" $dependant "*) ;; *) if is_installed "$dependant"; then goes="$goes $dependant"; fi ;; esac
  done
  case " $goes " in *" $1 "*) ;; *) goes="$goes $1" ;; esac
}

allowed() {
  [ -x "$root/usr/sbin/policy-rc.d" ] || return 0
  "$root/usr/sbin/policy-rc.d" "$1" "$2"
  [ $? != 101 ]
}

# What packages bring beside the unit of a service, a folder each.
brought=${0%/*}/../packages

# Runs a function with each file that a package brings.
each_file() {
  [ -d "$brought/$2" ] || return 0
  (cd "$brought/$2" && find . -type f) | while IFS= read -r file; do "$1" "$2" "${file#./}"; done
}

bring() { each_file bring_file "$1"; }

# What is in /etc and there already is its owner's.
bring_file() {
  case $2 in etc/*) [ ! -e "$root/$2" ] || return 0 ;; esac
  mkdir -p "$root/${2%/*}"
  cp -p "$brought/$1/$2" "$root/$2"
}

# What is in /etc stays until it is purged.
take_file() {
  case $2 in etc/*) [ -n "$purge" ] || return 0 ;; esac
  rm -f "$root/$2"
  rmdir "$root/${2%/*}" 2>/dev/null || :
}

unpack() {
  name=${1%%=*} version=${1#*=}
  is_installed "$name" && echo "Unpacking $name ($version) over ($held_version) ..." || echo "Unpacking $name ($version) ..."
  record "$name" "install ok installed" "$version"
  bring "$name"
  echo "Setting up $name ($version) ..."
  look_up "$name" "$version"
  [ "$service" != - ] || return 0
  unit=usr/lib/systemd/system/$service.service
  if [ ! -f "$brought/$name/$unit" ]; then
    mkdir -p "$root/${unit%/*}"
    printf '[Unit]\nDescription=%s\n[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n' \
      "$service" >"$root/$unit"
  fi
  systemctl daemon-reload
  systemctl enable -q "$service.service"
  act=start
  if systemctl is-active -q "$service.service"; then act=restart; fi
  if allowed "$service.service" "$act"; then systemctl "$act" "$service.service" || :; fi
}

take() {
  known "$1"
  echo "Removing $1 ($held_version) ..."
  if look_up "$1" && [ "$service" != - ] && [ -f "$root/usr/lib/systemd/system/$service.service" ]; then
    systemctl stop "$service.service" || :
    systemctl disable -q "$service.service" || :
    rm -f "$root/usr/lib/systemd/system/$service.service"
    systemctl daemon-reload
  fi
  each_file take_file "$1"
  if [ -n "$purge" ]; then record "$1"; else record "$1" "deinstall ok config-files" "$held_version"; fi
}

case $verb in
  update)
    mkdir -p "$root/var/lib/apt/lists"
    touch "$root/var/lib/apt/lists"
    echo "Hit:1 http://deb.debian.org/debian bookworm InRelease"
    echo "Reading package lists..."
    exit 0
    ;;
  purge) purge=yes ;;
  install | remove) ;;
  *) fail "Invalid operation $verb" ;;
esac

ensure_status
adds='' goes=''
for word in $given; do
  name=${word%%=*}
  case $verb,$word in
    install,*=*)
      look_up "$name" || fail "Unable to locate package $name"
      add "$name" "${word#*=}"
      ;;
    install,*-) drop "${word%-}" ;;
    install,*)
      look_up "$name" || fail "Unable to locate package $name"
      add "$name"
      ;;
    *) drop "$name" ;;
  esac
done
for name in $goes; do
  known "$name"
  if [ "$want" = hold ] && [ -z "$change_held" ]; then
    fail "Held packages were changed and -y was used without --allow-change-held-packages."
  fi
  [ -z "$simulate" ] || echo "Remv $name [$held_version]"
  [ -n "$simulate" ] || take "$name"
done
for word in $adds; do
  if [ -n "$simulate" ]; then echo "Inst ${word%%=*} (${word#*=} Debian:12/stable [$arch])"; else unpack "$word"; fi
done
exit 0
