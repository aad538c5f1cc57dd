# Seconds or a time span such as 500ms as microseconds.
micros() {
  case $1 in
    *ms) echo $((${1%ms} * 1000)) ;;
    *min) echo $((${1%min} * 60000000)) ;;
    *s) micros "${1%s}" ;;
    *[!0-9]* | '') echo 100000 ;;
    *) echo $(($1 * 1000000)) ;;
  esac
}

become() {
  put "$1" active "$2"
  put "$1" sub "$3"
}

# What a unit is like now: $active $sub $result $status $restarts.
observe() {
  get "$1" active inactive; active=$value
  get "$1" sub dead; sub=$value
  get "$1" result success; result=$value
  get "$1" status 0; status=$value
  restarts=0
  get "$1" doomed ''; doomed=$value
  [ -n "$doomed" ] || return 0
  get "$1" since 0
  elapsed=$(($(now) - value))
  [ "$elapsed" -ge 100000 ] || return 0
  result=exit-code status=$doomed
  last_setting "$1" Service Restart no
  case $value in
    always | on-failure) ;;
    *) active=failed sub=failed; return 0 ;;
  esac
  last_setting "$1" Service RestartSec 100ms
  period=$(($(micros "$value") + 100000))
  restarts=$((elapsed / period))
  active=activating sub=auto-restart
  # Five starts within ten seconds are the limit.
  if [ "$restarts" -ge 5 ] && [ $((5 * period)) -lt 10000000 ]; then
    restarts=5 active=failed sub=failed
  fi
}

begin() {
  become "$1" "$2" "$3"
  put "$1" result success
  put "$1" status 0
  put "$1" doomed ''
  put "$1" since "$(now)"
  read -r up _ </proc/uptime
  put "$1" mono "${up%.*}${up#*.}0000"
  put "$1" invocation "$(tr -d - </proc/sys/kernel/random/uuid)"
  put "$1" pid "$((2000 + $(now) % 30000))"
  note "$1" "Started $1."
}

fail() {
  become "$1" failed failed
  put "$1" result exit-code
  put "$1" status "$2"
  put "$1" doomed ''
  put "$1" invocation "$(tr -d - </proc/sys/kernel/random/uuid)"
  note "$1" "Main process exited, code=exited, status=$2"
  note "$1" "Failed with result 'exit-code'."
  say "Job for $1 failed because the control process exited with error code."
  say "See \"systemctl status $1\" and \"journalctl -xeu $1\" for details."
  return 1
}

need_loadable() {
  case $state in
    not-found) say "Failed to $2 $1: Unit $1 not found."; return 5 ;;
    masked) say "Failed to $2 $1: Unit $1 is masked."; return 1 ;;
  esac
}

# A service of which the simulated machine knows what it does is started with the words of its command.
serve() {
  command=$(setting "$1" Service ExecStart | head -n 1)
  case ${command%% *} in
    */redis-server | */valkey-server)
      set -f
      # shellcheck disable=SC2086 # its words
      set -- "$1" $command
      set +f
      unit=$1
      shift 2
      INFRA_UNIT=$unit "${0%/*}/redis-server" "$@" 2>"$units/$unit/said" || {
        while IFS= read -r line; do note "$unit" "$line"; done <"$units/$unit/said"
        return 1
      }
      ;;
  esac
}

start() {
  locate "$1"
  need_loadable "$1" start || return
  observe "$1"
  case $active in active | activating) return 0 ;; esac
  if is_stale "$1"; then
    say "Warning: The unit file, source configuration file or drop-ins of $1 changed on disk. Run 'systemctl daemon-reload' to reload units."
  fi
  is_loaded "$1" || load "$1"
  case $1 in
    *.timer) begin "$1" active waiting; return ;;
    *.socket) begin "$1" active listening; return ;;
    *.path) begin "$1" active waiting; return ;;
    *.service) ;;
    *) begin "$1" active active; return ;;
  esac
  if [ -z "$(setting "$1" Service ExecStart)" ]; then
    say "Failed to start $1: Unit $1 has a bad unit file setting."
    return 1
  fi
  last_setting "$1" Service Type simple; type=$value
  if ! runs "$1" ExecCondition || ! runs "$1" ExecStartPre; then
    fail "$1" "$failure"
    return
  fi
  runs "$1" ExecStart
  broken=$failure
  [ "$broken" != 0 ] || serve "$1" || broken=1
  case $type in
    simple | idle)
      begin "$1" active running
      [ "$broken" = 0 ] || put "$1" doomed "$broken"
      ;;
    oneshot)
      [ "$broken" = 0 ] || { fail "$1" "$broken"; return; }
      last_setting "$1" Service RemainAfterExit no
      case $value in
        yes | true | on | 1) begin "$1" active exited ;;
        *)
          # It has never been active.
          begin "$1" inactive dead
          put "$1" mono 0
          put "$1" since 0
          forget_idle "$1"
          return
          ;;
      esac
      put "$1" pid 0
      ;;
    *)
      [ "$broken" = 0 ] || { fail "$1" "$broken"; return; }
      begin "$1" active running
      ;;
  esac
}

stop() {
  locate "$1"
  if [ ! -d "$units/$1" ] && [ "$state" = not-found ]; then
    say "Failed to stop $1: Unit $1 not loaded."
    return 5
  fi
  [ -d "$units/$1" ] || return 0
  halt "$1"
  forget_idle "$1"
}

halt() {
  observe "$1"
  [ "$active" = inactive ] || note "$1" "Stopped $1."
  if [ "$active" = active ]; then put "$1" result success; put "$1" status 0; fi
  if [ "$active" = failed ]; then become "$1" failed failed; else become "$1" inactive dead; fi
  put "$1" doomed ''
  put "$1" pid 0
}

restart() {
  locate "$1"
  need_loadable "$1" restart || return
  [ ! -d "$units/$1" ] || halt "$1"
  become "$1" inactive dead
  start "$1"
}

reload() {
  locate "$1"
  need_loadable "$1" reload || return
  observe "$1"
  if [ -z "$(setting "$1" Service ExecReload)" ]; then
    say "Failed to reload $1: Job type reload is not applicable for unit $1."
    return 1
  fi
  if [ "$active" != active ]; then
    say "$1 is not active, cannot reload."
    return 1
  fi
  if ! runs "$1" ExecReload; then
    note "$1" "Reload failed, status=$failure"
    say "Job for $1 failed because the control process exited with error code."
    return 1
  fi
  put "$1" reloaded "$(now)"
  note "$1" "Reloaded $1."
}

is_running() { observe "$1"; [ "$active" = active ] || [ "$active" = activating ]; }

daemon_reload() {
  for folder in "$units"/*/; do
    [ -f "$folder/text" ] || continue
    unit=${folder%/}
    forget_idle "${unit##*/}"
  done
  # What somebody wants is known, whether it runs or not.
  for path in "$units"/*/text "$system"/*.wants/*; do
    case $path in
      *'*'*) continue ;;
      */text) unit=${path%/text} ;;
      *) unit=$path ;;
    esac
    unit=${unit##*/}
    locate "$unit"
    if [ "$state" != not-found ] || is_loaded "$unit"; then load "$unit"; fi
  done
}

enable() {
  locate "$1"
  case $state in
    not-found) say "Failed to enable unit: Unit file $1 does not exist."; return 1 ;;
    masked) say "Failed to enable unit: Unit file $fragment is masked."; return 1 ;;
  esac
  if is_loaded "$1"; then load "$1"; fi
  if ! has_install "$1"; then
    say "The unit files have no installation config (WantedBy=, RequiredBy=, Also=, Alias= settings in the [Install] section)."
    return 0
  fi
  for pair in WantedBy:wants RequiredBy:requires; do
    for target in $(setting "$1" Install "${pair%:*}"); do
      link=$system/$target.${pair#*:}/$1
      [ -L "$link" ] && continue
      mkdir -p "${link%/*}"
      ln -s "$fragment" "$link"
      say "Created symlink ${link#"$root"} → $fragment."
    done
  done
  for alias in $(setting "$1" Install Alias); do
    [ -L "$system/$alias" ] || ln -s "$fragment" "$system/$alias"
  done
}

disable() {
  locate "$1"
  if [ "$state" = not-found ] && ! is_wanted "$1"; then
    say "Failed to disable unit: Unit file $1 does not exist."
    return 1
  fi
  for link in "$system"/*.wants/"$1" "$system"/*.requires/"$1"; do
    [ -L "$link" ] || continue
    rm -f "$link"
    say "Removed ${link#"$root"}."
  done
}

mask() {
  if [ -e "$system/$1" ] && [ ! -L "$system/$1" ]; then
    say "Failed to mask unit: File /etc/systemd/system/$1 already exists."
    return 1
  fi
  mkdir -p "$system"
  ln -sfn /dev/null "$system/$1"
  say "Created symlink /etc/systemd/system/$1 → /dev/null."
}

unmask() {
  if [ "$(readlink "$system/$1")" = /dev/null ]; then
    rm -f "$system/$1"
    say "Removed /etc/systemd/system/$1."
  fi
}

reset_failed() {
  observe "$1"
  if [ "$active" = failed ]; then become "$1" inactive dead; fi
  put "$1" result success
  put "$1" status 0
  put "$1" doomed ''
  forget_idle "$1"
}
