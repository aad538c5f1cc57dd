#!/bin/sh
# A stand-in for `systemd-analyze verify` on a simulated machine: refuses unit files with
# sections nobody knows, lines that set nothing, and services that start nothing.
set -u

verb=''
while [ $# -gt 0 ]; do
  case $1 in
    -*) shift ;;
    *) verb=$1; shift; break ;;
  esac
done
if [ "$verb" != verify ]; then
  echo "systemd-analyze: the simulated machine can only verify" >&2
  exit 1
fi

code=0
for file in "$@"; do
  case $file in -*) continue ;; esac
  if [ ! -f "$file" ]; then
    echo "Failed to prepare filename $file: No such file or directory" >&2
    code=1
    continue
  fi
  awk -v file="$file" '
    function bad(text) { printf "%s:%d: %s\n", file, NR, text; failed = 1 }
    BEGIN {
      known = " Unit Install Service Socket Timer Path Mount Automount Swap Target Slice Scope "
      types = " simple exec forking oneshot dbus notify notify-reload idle "
      kind = file; sub(/.*\./, "", kind)
    }
    { sub(/^[ \t]+/, ""); sub(/[ \t\r]+$/, "") }
    /^[#;]/ || (/^$/ && held == "") { next }
    held != "" { $0 = held " " $0; held = "" }
    /\\$/ { held = substr($0, 1, length($0) - 1); next }
    /^\[/ {
      if ($0 !~ /\]$/) { bad("Invalid section header \047" $0 "\047"); next }
      section = substr($0, 2, length($0) - 2)
      if (index(known, " " section " ") == 0 && section !~ /^X-/) bad("Unknown section \047" section "\047.")
      seen[section] = 1
      next
    }
    {
      at = index($0, "=")
      if (at < 2) { bad("Missing \047=\047."); next }
      if (section == "") { bad("Assignment outside of section."); next }
      key = substr($0, 1, at - 1); text = substr($0, at + 1)
      sub(/[ \t]+$/, "", key); sub(/^[ \t]+/, "", text)
      if (section == "Service" && key == "ExecStart") starts = (text != "")
      if (section == "Service" && key == "Type" && index(types, " " text " ") == 0) bad("Failed to parse service type: " text)
    }
    END {
      if (kind == "service" && !seen["Service"]) { print file ": Service lacks a [Service] section. Refusing."; failed = 1 }
      else if (seen["Service"] && !starts) { print file ": Service has no ExecStart= setting. Refusing."; failed = 1 }
      exit failed
    }' "$file" >&2 || code=1
done
exit "$code"
