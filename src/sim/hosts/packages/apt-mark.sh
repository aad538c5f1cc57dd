# apt-mark hold|unhold|showhold NAME...
verb=${1:-}
[ $# = 0 ] || shift
case $verb in
  showhold)
    ensure_status
    awk 'BEGIN { RS = ""; FS = "\n" } $2 ~ /^Status: hold / { print substr($1, 10) }' "$status"
    exit 0
    ;;
  hold) wish=hold done='set on hold' ;;
  unhold) wish=install done='Canceled hold on' ;;
  *) echo "E: Invalid operation $verb" >&2; exit 100 ;;
esac
for name in "$@"; do
  if ! known "$name"; then
    if ! look_up "$name"; then
      echo "E: Unable to locate package $name" >&2
      exit 100
    fi
    want=unknown flag=ok state=not-installed held_version=
  fi
  if [ "$want" = "$wish" ]; then
    [ "$wish" != hold ] || echo "$name was already set on hold."
    continue
  fi
  record "$name" "$wish $flag $state" "$held_version"
  if [ "$wish" = hold ]; then echo "$name $done."; else echo "$done $name."; fi
done
