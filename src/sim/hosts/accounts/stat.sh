
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

named() {
  name=$3
  while IFS=: read -r a_name _ id _; do
    if [ "$id" = "$2" ]; then name=$a_name; break; fi
  done <"$1"
}

code=0
for file in "$@"; do
  answer=$(stat -c "%i:%.9W$newline$asked" -- "$file") || { code=1; continue; }
  owner "${answer%%"$newline"*}"
  rest=${answer#*"$newline"} text=
  while :; do
    case $rest in *"$mark"*) ;; *) break ;; esac
    text=$text${rest%%"$mark"*} rest=${rest#*"$mark"}
    case $rest in
      u*) text=$text$uid ;;
      g*) text=$text$gid ;;
      U*) named "$passwd" "$uid" UNKNOWN; text=$text$name ;;
      G*) named "$groups" "$gid" UNKNOWN; text=$text$name ;;
    esac
    rest=${rest#?}
  done
  printf '%s\n' "$text$rest"
done
exit "$code"
