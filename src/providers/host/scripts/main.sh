#!/bin/sh
# The way in: stdin begins with a line that says how long the program is; the program is calls of the functions above,
# and what follows it are the contents that they read. Half a program is none.

IFS= read -r size
program=$(head -c "${size:-0}"; echo .)
if [ -z "$size" ] || [ "${#program}" -ne "$((size + 1))" ]; then
    echo 'The upload broke off.' >&2
    exit 65
fi
# Nothing but what asks for the contents may eat them.
exec 3<&0 </dev/null
eval "${program%.}"
