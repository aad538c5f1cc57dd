
# A stand-in for redis-server on a simulated machine: reads its configuration as the server does when it starts, and keeps
# what it then has for the stand-in for redis-cli. It serves nobody. The stand-in for systemctl starts it for a unit.
#
# INFRA_UNIT=NAME redis-server FILE [--NAME VALUE]...
set -u

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "redis-server: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi
root=${INFRA_ROOT%/}
kept=$root/var/lib/simulated/redis/${INFRA_UNIT:-redis-server.service}

# Puts the lines of a file, and of those that it includes, one after another.
lines_of() {
  if [ "$2" -ge 16 ] || [ ! -f "$root$1" ]; then
    echo "Fatal error, can't open config file '$1': No such file or directory" >&2
    return 1
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'include '* | 'INCLUDE '*)
        path=${line#* }
        path=${path#\"}
        lines_of "${path%\"}" "$(($2 + 1))" || return 1
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$root$1"
}

file=
case ${1:-} in
  /*) file=$1; shift ;;
esac
mkdir -p "$kept"
rm -f "$kept/values"
{
  [ -z "$file" ] || lines_of "$file" 0 || exit 1
  while [ $# -gt 1 ]; do
    case $1 in
      --*) printf '%s %s\n' "${1#--}" "$2" ;;
      *) echo "redis-server: the simulated server does not take '$1'" >&2; exit 1 ;;
    esac
    shift 2
  done
} >"$kept/lines" || exit 1
directives >"$kept/table"
awk "$rules"'
  /^[ \t]*(#|$)/ { next }
  {
    rest = $0; name = tolower(next_word()); n = 0; text = ""; unbalanced = 0
    while (1) {
      sub(/^[ \t\r]+/, "", rest)
      if (rest == "") break
      word = next_word(); n++
      text = n == 1 ? word : text " " word
    }
    problem = ""
    several = (name in type) && type[name] ~ /^(list|save|limits|replica)$/
    if (unbalanced) problem = "Unbalanced quotes in configuration line"
    else if (!(name in type) || n == 0 || n > 1 && !several) problem = "Bad directive or wrong number of arguments"
    else if (type[name] == "save") {
      # Lines add up, the first and an empty one begin anew.
      before = saved && text != "" ? value[name] " " : ""
      saved = 1
      problem = take(name, before text)
    } else problem = take(name, text)
    if (problem != "") {
      printf "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n>>> \047%s\047\n%s\n", $0, problem > "/dev/stderr"
      failed = 1
      exit 1
    }
  }
  END { if (!failed) for (i = 1; i <= count; i++) printf "%s %s\n", order[i], value[order[i]] }
' "$kept/table" "$kept/lines" >"$kept/values.new" || exit 1
rm -f "$kept/lines"
printf '%s\n' "$file" >"$kept/file"
printf '%s%s\n' "$(tr -d - </proc/sys/kernel/random/uuid)" "$(head -c 4 /dev/urandom | od -An -tx1 | tr -d ' \n')" >"$kept/run_id"
mv -f "$kept/values.new" "$kept/values"
