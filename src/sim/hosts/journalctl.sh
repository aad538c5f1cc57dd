#!/bin/sh
# A stand-in for journalctl on a simulated machine: prints what the stand-in for systemctl noted.
set -u

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "journalctl: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi

unit='' lines=0 output=short
while [ $# -gt 0 ]; do
  case $1 in
    -u | --unit) shift; unit=${1:-} ;;
    --unit=*) unit=${1#*=} ;;
    -u*) unit=${1#-u} ;;
    -n | --lines) shift; lines=${1:-10} ;;
    --lines=*) lines=${1#*=} ;;
    -n*) lines=${1#-n} ;;
    -o | --output) shift; output=${1:-short} ;;
    --output=*) output=${1#*=} ;;
    -o*) output=${1#-o} ;;
    -xeu | -eu | -xu) shift; unit=${1:-} ;;
    *) ;;
  esac
  shift
done
case $unit in
  '' | *.*) ;;
  *) unit=$unit.service ;;
esac
journal=${INFRA_ROOT%/}/run/infra-journal
[ -f "$journal" ] || exit 0

awk -v unit="$unit" -v output="$output" '
  unit == "" || $2 == unit {
    at = substr($1, 1, length($1) - 6); name = $2
    text = $0; sub(/^[^ ]+ [^ ]+ /, "", text)
    if (output == "cat") print text; else print at " systemd[1]: " name ": " text
  }' "$journal" | if [ "$lines" -gt 0 ] 2>/dev/null; then tail -n "$lines"; else cat; fi
