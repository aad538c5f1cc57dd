
silent='' shows='' fails='' written='' url=''
while [ $# -gt 0 ]; do
  case $1 in
    -m | --max-time | -o | --output) shift ;;
    -w | --write-out) written=$2; shift ;;
    --) ;;
    -*[!fsS-]*) unknown "$1" ;;
    -*)
      case $1 in *f*) fails=1 ;; esac
      case $1 in *s*) silent=1 ;; esac
      case $1 in *S*) shows=1 ;; esac
      ;;
    *) url=$1 ;;
  esac
  shift
done

# Says what went wrong, unless it was told to be silent about that too.
fail() {
  [ -n "$silent" ] && [ -z "$shows" ] || echo "curl: ($1) $2" >&2
  exit "$1"
}

tell() { [ -z "$written" ] || printf '%s' "$1"; }

scheme=${url%%://*} place=${url#*://}
place=${place%%/*}
case $scheme in
  http | https | telnet) ;;
  *) fail 1 "Protocol \"$scheme\" not supported" ;;
esac
case $written in '' | '%{time_connect}') ;; *) unknown "-w $written" ;; esac
port=${place##*:}
[ "$port" != "$place" ] || port=80
if ! listens || { [ "$scheme" = telnet ] && ! is_well; }; then
  tell 0.000000
  fail 7 "Failed to connect to ${place%:*} port $port after 0 ms: Couldn't connect to server"
fi
tell 0.000421
is_well || [ -z "$fails" ] || fail 22 'The requested URL returned error: 503'
