#!/bin/sh
# Debian starts a service as soon as it is installed, unless this file says no. Ours says no to what did not run before, for
# as long as we are at work: should we be killed it says yes. An earlier one is asked as well.
hush_services() {
    [ "$manager" = apt ] || return 0
    note_leftovers "${leftovers}restore_policy
" || return 1
    if has_units; then
        ctl list-units --all --no-legend --plain --state=active,activating,reloading 2>/dev/null |
            while read -r name _; do printf '%s\n' "$name"; done >"$store/packages/.running"
    else
        : >"$store/packages/.running"
    fi
    if [ -e "$policy" ] && ! grep -q '^# infra:' "$policy"; then mv -fT -- "$policy" "$policy.infra" || return 1; fi
    mkdir -p -- "${policy%/*}"
    {
        printf '#!/bin/sh\n# infra: keeps new services from starting while it installs packages.\n'
        printf 'store=%s\nearlier=%s\n' "'$store'" "'$policy.infra'"
        cat <<'END'
case $1 in *.*) unit=$1 ;; *) unit=$1.service ;; esac
case $2 in
*start*) if ! flock -sn "$store/lock" true && ! grep -qxF -- "$unit" "$store/packages/.running"; then exit 101; fi ;;
esac
if [ -x "$earlier" ]; then exec "$earlier" "$@"; fi
exit 0
END
    } >"$policy" && chmod 755 "$policy" && return 0
    because="$policy cannot be written"
    return 1
}
