#!/bin/sh
# Takes the place of a shell on a simulated host: a person's commands are noted and not run, as they would act on the
# machine that simulates. What was run counts as done: its check ends well from then on, until it is undone. Two texts do as
# they say, to try what a failure does: `false`, and `exit` with a number.
#
# infra-shell ROLE KEY TEXT, with ROLE one of run, check, undo, gate.

done=$INFRA_ROOT/var/lib/simulated/commands
mkdir -p -- "$done" "$INFRA_ROOT/var/log"
printf '%s: %s\n' "$1" "$3" >>"$INFRA_ROOT/var/log/commands.log"

case $3 in
false) exit 1 ;;
'exit '[0-9] | 'exit '[0-9][0-9] | 'exit '[0-9][0-9][0-9]) exit "${3#exit }" ;;
esac

case $1 in
run) : >"$done/$2" ;;
check) [ -f "$done/$2" ] ;;
undo) rm -f -- "$done/$2" ;;
esac
