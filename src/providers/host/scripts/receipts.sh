#!/bin/sh
# What transactions leave word of, and whether one is at work. Nothing here changes the host.

# Whether a transaction is at work; the number of its process is in `holder`. Only the kernel knows who holds a lock: it
# sees across namespaces, and forgets the dead.
is_at_work() {
    [ -f "$store/lock" ] || return 1
    holder=$(cat -- "$store/lock" 2>/dev/null)
    (exec 8<"$store/lock" && flock -sn 8) 2>/dev/null
    [ $? = 1 ]
}

# How many seconds one transaction waits for another.
patience=120

# await_transaction: one that a killed run has left behind is let come to its end, so that its receipt is its last word.
await_transaction() {
    waited=0
    while is_at_work; do
        if [ "$waited" -ge "$patience" ]; then
            because="process ${holder%% *} has been at work on this host for more than ${patience}s"
            printf 'busy %s\n' "$(printf %s "$because" | b64)"
            return
        fi
        sleep 1
        waited=$((waited + 1))
    done
}

# observe_receipt OP: what a transaction left word of.
observe_receipt() {
    if [ -f "$store/receipts/$1" ]; then cat -- "$store/receipts/$1"; fi
}
