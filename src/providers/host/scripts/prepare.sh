#!/bin/sh
# What makes room for the rest: packages, groups, users, directories. Each by itself, one after another: what is done
# stays done, and the first that fails ends it. To do it again does no harm, so that a kill at any line leaves nothing
# behind that the next run does not bring to its end.
#
# The program defines prepare_all and observe_all, and sets what outcome.sh names.

prepare() {
    open_store || decline || return
    note_leftovers "$leftovers"
    begin preparing || return
    if prepare_all; then
        conclude 'done'
        return
    fi
    failed=${failed:-0}
    conclude stopped
}
