
database=${1:-}
case $database in
  passwd | group | shadow) ;;
  -*) unknown "$database" ;;
  '') die 1 "wrong number of arguments" ;;
  *) die 1 "the simulated machine has no database '$database'" ;;
esac
shift
case $database in passwd) file=$passwd ;; group) file=$groups ;; *) file=$shadow ;; esac
if [ $# = 0 ]; then
  exec cat "$file"
fi
code=0
for key in "$@"; do
  awk -F: -v key="$key" -v by_number="$database" '
    $1 == key || (by_number != "shadow" && $3 == key) { print; found = 1; exit }
    END { exit !found }' "$file" || code=2
done
exit "$code"
