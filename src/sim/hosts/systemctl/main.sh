
moment() {
  if [ "$1" = 0 ]; then return; fi
  LC_ALL=C TZ=UTC date -d "@$(($1 / 1000000))" '+%a %Y-%m-%d %H:%M:%S UTC'
}

property() {
  case ",$wanted," in
    ,, | *",$1,"*) if [ -n "$bare" ]; then printf '%s\n' "$2"; else printf '%s=%s\n' "$1" "$2"; fi ;;
  esac
}

show() {
  locate "$1"
  observe "$1"
  file_state "$1"
  stale=no
  if is_stale "$1"; then stale=yes; fi
  as_loaded "$1"
  case $1 in
    *.service)
      last_setting "$1" Service Type simple
      property Type "$value"
      get "$1" pid 0
      case $active in active | activating) ;; *) value=0 ;; esac
      property MainPID "$value"
      property NRestarts "$restarts"
      property ExecMainStatus "$status"
      ;;
  esac
  property Result "$result"
  property Id "$1"
  property LoadState "$state"
  property ActiveState "$active"
  property SubState "$sub"
  property FragmentPath "$fragment"
  added=
  if [ -n "$dropins" ]; then added=$(printf '%s' "$dropins" | tr '\n' ' '); fi
  property DropInPaths "$added"
  property UnitFileState "$enabled"
  case ",$wanted," in
    # The time in words takes a program.
    ,, | *,ActiveEnterTimestamp,*) get "$1" since 0; property ActiveEnterTimestamp "$(moment "$value")" ;;
  esac
  get "$1" mono 0
  property ActiveEnterTimestampMonotonic "$value"
  if [ -n "$(setting "$1" Service ExecReload)" ]; then property CanReload yes; else property CanReload no; fi
  property NeedDaemonReload "$stale"
  get "$1" invocation ''
  property InvocationID "$value"
}

status() {
  locate "$1"
  observe "$1"
  if [ "$state" = not-found ] && [ "$active" = inactive ]; then
    say "Unit $1 could not be found."
    return 4
  fi
  file_state "$1"
  last_setting "$1" Unit Description "$1"
  printf '* %s - %s\n     Loaded: %s (%s; %s)\n     Active: %s (%s)' "$1" "$value" "$state" "$fragment" "$enabled" "$active" "$sub"
  get "$1" since 0
  if [ "$active" = active ]; then printf ' since %s' "$(moment "$value")"; fi
  echo
  [ "$active" = active ] || return 3
}

# Services that are wanted come up when the machine does.
boot() {
  mkdir -p "$units"
  : >"$units/booted"
  for link in "$system"/*.target.wants/*; do
    if [ -L "$link" ]; then (quiet=1; start "${link##*/}") || :; fi
  done
}

# For every unit; the worst outcome counts.
each() {
  act=$1
  worst=0
  for unit in $names_given; do
    full_name "$unit"
    "$act" "$unit" || worst=$?
  done
  return "$worst"
}

need_names() {
  if [ -z "$names_given" ]; then
    echo "Too few arguments." >&2
    exit 1
  fi
}

verb='' names_given='' wanted='' bare='' at_once='' quiet='' is_block=
while [ $# -gt 0 ]; do
  case $1 in
    -p | --property) shift; wanted=$wanted${wanted:+,}${1:-} ;;
    --property=*) wanted=$wanted${wanted:+,}${1#*=} ;;
    -p*) wanted=$wanted${wanted:+,}${1#-p} ;;
    --value) bare=1 ;;
    --now) at_once=1 ;;
    -q | --quiet) quiet=1 ;;
    --version) echo "systemd 252 (simulated)"; exit 0 ;;
    --user) echo "systemctl: the simulated machine has no user manager" >&2; exit 1 ;;
    --) ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else names_given="$names_given $1"; fi ;;
  esac
  shift
done

[ -e "$units/booted" ] || boot

case $verb in
  daemon-reload | daemon-reexec) daemon_reload ;;
  start | stop | restart | reload) need_names; each "$verb" ;;
  try-restart | condrestart)
    need_names
    try() { if is_running "$1"; then restart "$1"; fi; }
    each try
    ;;
  reload-or-restart | try-reload-or-restart)
    need_names
    refresh() {
      locate "$1"
      if is_running "$1"; then
        if [ -n "$(setting "$1" Service ExecReload)" ]; then reload "$1"; else restart "$1"; fi
      elif [ "$verb" = reload-or-restart ]; then
        start "$1"
      fi
    }
    each refresh
    ;;
  enable | disable | mask | unmask)
    need_names
    each "$verb" || exit
    daemon_reload
    case $verb$at_once in
      enable1) each start ;;
      disable1 | mask1) each stop ;;
    esac
    ;;
  reset-failed)
    if [ -z "$names_given" ]; then
      for folder in "$units"/*/; do
        if [ -d "$folder" ]; then folder=${folder%/}; names_given="$names_given ${folder##*/}"; fi
      done
    fi
    each reset_failed
    ;;
  is-active | is-failed)
    need_names
    code=3 wanted_state=${verb#is-}
    for unit in $names_given; do
      full_name "$unit"
      observe "$unit"
      [ -n "$quiet" ] || echo "$active"
      [ "$active" != "$wanted_state" ] || code=0
    done
    if [ "$verb$code" = is-failed3 ]; then code=1; fi
    exit "$code"
    ;;
  is-enabled)
    need_names
    code=1
    for unit in $names_given; do
      full_name "$unit"
      locate "$unit"
      file_state "$unit"
      if [ -z "$enabled" ]; then
        say "Failed to get unit file state for $unit: No such file or directory"
        continue
      fi
      [ -n "$quiet" ] || echo "$enabled"
      case $enabled in enabled | static) code=0 ;; esac
    done
    exit "$code"
    ;;
  show)
    need_names
    for unit in $names_given; do
      full_name "$unit"
      [ -z "$is_block" ] || echo
      is_block=1
      show "$unit"
    done
    ;;
  status) need_names; each status ;;
  is-system-running) echo running ;;
  '') echo "systemctl: a verb is needed" >&2; exit 1 ;;
  *) echo "Unknown command verb $verb." >&2; exit 1 ;;
esac
