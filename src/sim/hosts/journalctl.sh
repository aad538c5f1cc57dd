#!/bin/sh
# A stand-in for journalctl on a simulated machine: prints what the stand-in for systemctl noted.
set -u

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "journalctl: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi

unit='' lines=0 output=short since=0
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
    --since) shift; since=${1:-} ;;
    --since=*) since=${1#*=} ;;
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

host=$(cat "${INFRA_ROOT%/}/etc/hostname" 2>/dev/null) || host=localhost

# The machine's clock runs by UTC.
awk -v unit="$unit" -v since="${since#@}" '(unit == "" || $2 == unit) && $1 / 1000000 >= since' "$journal" |
  if [ "$lines" -gt 0 ] 2>/dev/null; then tail -n "$lines"; else cat; fi |
  while read -r at name text; do
    case $output in
      cat) ;;
      short-iso) format=+%Y-%m-%dT%H:%M:%S+0000 ;;
      short-unix) format=+%s ;;
      *) format='+%b %d %H:%M:%S' ;;
    esac
    if [ "$output" = cat ]; then
      printf '%s\n' "$text"
    else
      printf '%s %s systemd[1]: %s: %s\n' "$(LC_ALL=C TZ=UTC date -d "@${at%??????}" "$format")" "$host" "$name" "$text"
    fi
  done
