
scan=''
while [ $# -gt 0 ]; do
  case $1 in
    -z) scan=1 ;;
    -w) shift ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
if [ -z "$scan" ] || [ $# != 2 ]; then
  echo "nc: the simulated machine can only try whether a port is open (-z)" >&2
  exit 1
fi
if ! listens || ! is_well; then exit 1; fi
