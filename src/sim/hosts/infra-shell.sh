#!/bin/sh
# Takes the place of a shell on a simulated host: a person's commands are noted and not run, as they would act on the
# machine that simulates. What was run counts as done, until it is undone: its check ends well, and the path that it is to
# create is there, as a program that does nothing. Two texts do as they say, to try what a failure does: `false`, and `exit`
# with a number.
#
# infra-shell ROLE KEY TEXT CREATES, with ROLE one of run, check, undo, gate, and CREATES a path or nothing.

done=$INFRA_ROOT/var/lib/simulated/commands
mkdir -p -- "$done" "$INFRA_ROOT/var/log"
printf '%s: %s\n' "$1" "$3" >>"$INFRA_ROOT/var/log/commands.log"

case $3 in
false) exit 1 ;;
'exit '[0-9] | 'exit '[0-9][0-9] | 'exit '[0-9][0-9][0-9]) exit "${3#exit }" ;;
esac

case $1 in
run)
  made=
  if [ -n "${4:-}" ] && [ ! -e "$INFRA_ROOT$4" ] && [ ! -L "$INFRA_ROOT$4" ]; then
    made=$4
    mkdir -p -- "$INFRA_ROOT${made%/*}" && printf '#!/bin/sh\n' >"$INFRA_ROOT$made" && chmod 755 -- "$INFRA_ROOT$made" || exit 1
  fi
  if [ -n "$made" ] || [ ! -f "$done/$2" ]; then printf '%s\n' "$made" >"$done/$2"; fi
  ;;
check) [ -f "$done/$2" ] ;;
undo)
  made=
  if [ -f "$done/$2" ]; then read -r made <"$done/$2"; fi
  if [ -n "$made" ]; then rm -f -- "$INFRA_ROOT$made"; fi
  rm -f -- "$done/$2"
  ;;
esac
