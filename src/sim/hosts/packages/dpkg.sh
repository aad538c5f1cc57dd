# dpkg --audit, dpkg --configure -a: nothing is ever half done here. dpkg --print-architecture.
for word in "$@"; do
  case $word in
    --audit | -C | --configure) exit 0 ;;
    --print-architecture) echo "$arch"; exit 0 ;;
  esac
done
echo "dpkg: error: the simulated machine can only audit and configure" >&2
exit 2
