
url=''
while [ $# -gt 0 ]; do
  case $1 in
    -T | -O) shift ;;
    -q | --) ;;
    -*) unknown "$1" ;;
    *) url=$1 ;;
  esac
  shift
done
case $url in
  http://* | https://*) ;;
  *) echo "$url: Unsupported scheme." >&2; exit 1 ;;
esac
# It was told to be quiet.
listens || exit 4
is_well || exit 8
