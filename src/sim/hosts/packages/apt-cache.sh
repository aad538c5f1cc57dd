# apt-cache policy NAME...
if [ "${1:-}" != policy ]; then
  echo "E: Invalid operation ${1:-}" >&2
  exit 100
fi
shift
for name in "$@"; do
  case $name in -*) continue ;; esac
  look_up "$name" || continue
  installed='(none)'
  if is_installed "$name"; then installed=$held_version; fi
  printf '%s:\n  Installed: %s\n  Candidate: %s\n  Version table:\n' "$name" "$installed" "$number"
  catalogue | while read -r listed version _; do
    [ "$listed" = "$name" ] || continue
    if [ "$version" = "$installed" ]; then printf ' *** %s 500\n' "$version"; else printf '     %s 500\n' "$version"; fi
    echo "        500 http://deb.debian.org/debian bookworm/main amd64 Packages"
    if [ "$version" = "$installed" ]; then echo "        100 /var/lib/dpkg/status"; fi
  done
done
