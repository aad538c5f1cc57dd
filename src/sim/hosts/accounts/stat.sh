
format=
while [ $# -gt 0 ]; do
  case $1 in
    -c) format=${2-}; shift ;;
    --) shift; break ;;
    -*) unknown "$1" ;;
    *) break ;;
  esac
  shift
done
[ -n "$format" ] || die 1 "the simulated machine can only be asked with a format (-c)"
[ $# -gt 0 ] || die 1 "missing operand"

# What is not for the real program is marked; all else goes there.
mark=$(printf '\001') ours='' asked='' rest=$format
while :; do
  case $rest in *%*) ;; *) break ;; esac
  asked=$asked${rest%%\%*} rest=${rest#*%}
  letter=${rest%"${rest#?}"} rest=${rest#?}
  case $letter in
    u | g | U | G) asked=$asked$mark$letter ours=1 ;;
    [A-Za-z%]) asked=$asked%$letter ;;
    *) die 1 "the simulated machine does not know the format '$format'" ;;
  esac
done
asked=$asked$rest
[ -n "$ours" ] || exec stat -c "$format" -- "$@"

# One look at all files: what tells each apart, then what was asked of it, behind a sign that no name should have.
begin=$(printf '\002') code=0
answers=$(stat -c "$begin%i:%.9W$newline$asked" -- "$@") || code=1
[ -f "$owners" ] || owners=/dev/null
# shellcheck disable=SC2016 # for awk
printf '%s' "$answers" | awk '
  of == "owners" { uids[$1] = $2; gids[$1] = $3; next }
  of == "users" { if (!($3 in users)) users[$3] = $1; next }
  of == "groups" { if (!($3 in groups)) groups[$3] = $1; next }
  at = index($0, "\n") {
    key = substr($0, 1, at - 1)
    text = substr($0, at + 1)
    sub(/\n$/, "", text)
    uid = (key in uids) ? uids[key] : 0
    gid = (key in gids) ? gids[key] : 0
    count = split(text, parts, "\001")
    line = parts[1]
    for (i = 2; i <= count; i++) {
      letter = substr(parts[i], 1, 1)
      if (letter == "u") line = line uid
      else if (letter == "g") line = line gid
      else if (letter == "U") line = line ((uid in users) ? users[uid] : "UNKNOWN")
      else line = line ((gid in groups) ? groups[gid] : "UNKNOWN")
      line = line substr(parts[i], 2)
    }
    print line
  }' of=owners "$owners" FS=: of=users "$passwd" of=groups "$groups" of=answers RS='\002' -
exit "$code"
