# dpkg-query -W -f=FORMAT NAME...: the fields that are asked for, for each name that is known.
# shellcheck disable=SC2016 # ours to expand
format='${Package}\t${Version}\n' names=''
while [ $# -gt 0 ]; do
  case $1 in
    -W | --show) ;;
    -f=* | -f*) format=${1#-f}; format=${format#=} ;;
    --showformat=*) format=${1#*=} ;;
    --) ;;
    -*) echo "dpkg-query: error: unknown option $1" >&2; exit 2 ;;
    *) names="$names $1" ;;
  esac
  shift
done
ensure_status
if [ -z "$names" ]; then names=$(sed -n 's/^Package: //p' "$status"); fi
code=0
for given in $names; do
  name=${given%:"$arch"}
  if ! known "$name"; then
    echo "dpkg-query: no packages found matching $given" >&2
    code=1
    continue
  fi
  # shellcheck disable=SC2154 # read by known
  line=$(printf %s "$format" | sed \
    -e "s/\${Package}/$name/g" -e "s/\${binary:Package}/$name/g" -e "s/\${Architecture}/$arch/g" \
    -e "s/\${db:Status-Want}/$want/g" -e "s/\${db:Status-Eflag}/$flag/g" -e "s/\${db:Status-Status}/$state/g" \
    -e "s/\${Status}/$want $flag $state/g" -e "s/\${Version}/$held_version/g")
  printf '%b' "$line"
done
exit "$code"
