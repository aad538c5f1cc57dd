#!/bin/sh
# shellcheck disable=SC2317 # the tools share this, and each uses a part
# Debian's package tools on a simulated machine. What can be installed is the table below; what is installed is kept as dpkg
# keeps it, in $INFRA_ROOT/var/lib/dpkg/status. A package brings no files but its service's unit, and
# those that lie ready for it.
set -u
LC_ALL=C
export LC_ALL

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "${0##*/}: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi
root=${INFRA_ROOT%/}
status=$root/var/lib/dpkg/status
arch=amd64

# Name, version (the best first), what it depends on, its service; `-` for nothing.
catalogue() {
  cat <<'END'
adduser 3.134 - -
base-files 12.4+deb12u11 - -
ca-certificates 20230311 - -
curl 7.88.1-10+deb12u12 ca-certificates -
curl 7.88.1-10+deb12u8 ca-certificates -
git 1:2.39.5-0+deb12u2 - -
haproxy 2.6.12-1+deb12u2 - haproxy
nginx 1.22.1-9+deb12u2 nginx-common nginx
nginx 1.22.1-9 nginx-common nginx
nginx-common 1.22.1-9+deb12u2 - -
postgresql-client 15+248 - -
python3 3.11.2-1+b1 - -
python3-pip 23.0.1+dfsg-1 python3 -
python3-venv 3.11.2-1+b1 python3 -
redis-server 5:7.0.15-1~deb12u5 redis-tools redis-server
redis-server 5:7.0.15-1~deb12u1 redis-tools redis-server
redis-tools 5:7.0.15-1~deb12u5 - -
rsync 3.2.7-1+deb12u2 - -
sudo 1.9.13p3-1+deb12u2 - -
ufw 0.36.2-1 - ufw
END
}

# What an image comes with.
image='adduser base-files ca-certificates curl python3 sudo'

# The row of a package, at a version or the best, into $number $needs $service.
look_up() {
  row=$(catalogue | awk -v name="$1" -v version="${2:-}" '$1 == name && (version == "" || $2 == version) { print; exit }')
  [ -n "$row" ] || return 1
  # shellcheck disable=SC2086 # four words
  set -- $row
  # shellcheck disable=SC2034 # not every tool reads all
  number=$2 needs=$3 service=$4
}

ensure_status() {
  [ ! -f "$status" ] || return 0
  mkdir -p "${status%/*}"
  for name in $image; do
    look_up "$name"
    stanza "$name" "install ok installed" "$number"
  done >"$status.new"
  mv -f "$status.new" "$status"
}

stanza() { printf 'Package: %s\nStatus: %s\nArchitecture: %s\nVersion: %s\n\n' "$1" "$2" "$arch" "$3"; }

# What the status file says of a package, into $want $flag $state $held_version; all empty when it does not know it.
known() {
  want='' flag='' state='' held_version=''
  ensure_status
  found=$(awk -v name="$1" '
    BEGIN { RS = ""; FS = "\n" }
    $1 == "Package: " name {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^Status: /) s = substr($i, 9)
        if ($i ~ /^Version: /) v = substr($i, 10)
      }
      print s, v
      exit
    }' "$status")
  [ -n "$found" ] || return 1
  # shellcheck disable=SC2086 # words
  set -- $found
  # shellcheck disable=SC2034
  want=$1 flag=$2 state=$3 held_version=${4:-}
}

# Replaces a package's stanza; without a status it goes.
record() {
  ensure_status
  {
    awk -v name="$1" 'BEGIN { RS = ""; ORS = "\n\n" } $0 !~ "^Package: " { next } substr($0, 10, index($0, "\n") - 10) != name' "$status"
    [ -z "${2:-}" ] || stanza "$1" "$2" "$3"
  } >"$status.new"
  mv -f "$status.new" "$status"
}

is_installed() { known "$1" && [ "$state" = installed ]; }
