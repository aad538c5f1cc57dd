#!/bin/sh
# Time on a simulated host: whoever waits for the end of a gate, or for another transaction, waits a fiftieth of it.

exec /bin/sleep "$(awk -v seconds="${1:-0}" 'BEGIN { printf "%.3f", seconds / 50 }')"
