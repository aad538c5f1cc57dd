#!/bin/sh
# shellcheck disable=SC2317 # each program uses some of these
#
# What a simulated machine answers to its own probes. It has no network and runs no service, so that nothing is asked: it
# answers while one of its units is active, unless $INFRA_ROOT/run/simulated/unhealthy is there.
set -u

tool=${0##*/}
if [ -z "${INFRA_ROOT:-}" ]; then
  echo "$tool: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi

unknown() { echo "$tool: the simulated machine does not know the option '$1'" >&2; exit 2; }

listens() {
  set --
  for folder in "$INFRA_ROOT"/run/infra-units/*/; do
    [ -d "$folder" ] || continue
    folder=${folder%/}
    set -- "$@" "${folder##*/}"
  done
  [ $# -gt 0 ] && "${0%/*}/systemctl" is-active --quiet "$@"
}

is_well() { [ ! -e "$INFRA_ROOT/run/simulated/unhealthy" ]; }
