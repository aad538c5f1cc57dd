
# A stand-in for redis-cli on a simulated machine. It answers for the servers that the stand-in for systemctl has started:
# PING, ECHO, INFO, and CONFIG GET, SET and REWRITE. It refuses what it does not know. There are no data, and a replica's
# link counts as up.
set -u

if [ -z "${INFRA_ROOT:-}" ]; then
  echo "redis-cli: INFRA_ROOT does not name the root of a simulated machine" >&2
  exit 1
fi
root=${INFRA_ROOT%/}
all=$root/var/lib/simulated/redis

host=127.0.0.1 port=6379 socket='' last_from_stdin=''
while [ $# -gt 0 ]; do
  case $1 in
    -h) host=$2; shift ;;
    -p) port=$2; shift ;;
    -s) socket=$2; shift ;;
    -a | --pass) REDISCLI_AUTH=$2; shift ;;
    -x) last_from_stdin=1 ;;
    --no-auth-warning | --raw) ;;
    -v | --version) echo "redis-cli 7.0.15 (simulated)"; exit 0 ;;
    -*) echo "Unrecognized option or bad number of args for: '$1'" >&2; exit 1 ;;
    *) break ;;
  esac
  shift
done

# value_of NAME: what the server in $server has, in $value.
value_of() { value=$(sed -n "s/^$1 //p" "$server/values"); }

is_bound() {
  value_of bind
  for address in $value; do
    case ${address#-} in
      '*' | "$1" | 0.0.0.0) return 0 ;;
      '::*') case $1 in *:*) return 0 ;; esac ;;
    esac
    [ "$1${address#-}" != localhost127.0.0.1 ] || return 0
  done
  return 1
}

# Finds the server that listens there, in $server.
connect() {
  for server in "$all"/*/; do
    server=${server%/}
    [ -f "$server/values" ] || continue
    [ "$("${0%/*}/systemctl" is-active "${server##*/}")" = active ] || continue
    if [ -n "$socket" ]; then
      value_of unixsocket
      [ "$value" = "$socket" ] && return 0
    else
      value_of port
      [ "$value" = "$port" ] && [ "$value" != 0 ] && is_bound "$host" && return 0
    fi
  done
  return 1
}

if ! connect; then
  if [ -n "$socket" ]; then
    echo "Could not connect to Redis at $socket: No such file or directory" >&2
  else
    echo "Could not connect to Redis at $host:$port: Connection refused" >&2
  fi
  exit 1
fi

may=yes
value_of requirepass
if [ -n "$value" ]; then may=no; fi
if [ -n "${REDISCLI_AUTH:-}" ]; then
  if [ -z "$value" ]; then
    echo "AUTH failed: ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?" >&2
  elif [ "$value" = "$REDISCLI_AUTH" ]; then
    may=yes
  else
    echo "AUTH failed: WRONGPASS invalid username-password pair or user is disabled." >&2
  fi
fi

# An error has an empty line behind it.
complain() { printf '%s\n\n' "$1"; }

info() {
  read -r run_id <"$server/run_id"
  IFS= read -r file <"$server/file"
  {
    case $1 in server | all | default | everything | '')
      value_of port
      printf '# Server\nredis_version:7.0.15\nredis_mode:standalone\nos:Linux (simulated)\nrun_id:%s\ntcp_port:%s\nconfig_file:%s\n\n' "$run_id" "$value" "$file"
      ;;
    esac
    case $1 in persistence | all | default | everything | '')
      value_of appendonly
      if [ "$value" = yes ]; then value=1; else value=0; fi
      printf '# Persistence\nloading:0\naof_enabled:%s\n\n' "$value"
      ;;
    esac
    case $1 in replication | all | default | everything | '')
      value_of replicaof
      if [ -z "$value" ]; then
        printf '# Replication\nrole:master\nconnected_slaves:0\n'
      else
        printf '# Replication\nrole:slave\nmaster_host:%s\nmaster_port:%s\nmaster_link_status:up\n' "${value% *}" "${value#* }"
      fi
      ;;
    esac
  } | sed 's/$/\r/'
}

# Words that may hold anything go by the environment.
config_get() {
  ASKED=$* awk '
    BEGIN { n = split(tolower(ENVIRON["ASKED"]), asked, " ") }
    {
      name = $1; text = $0
      sub(/^[^ ]+ /, "", text)
      for (i = 1; i <= n; i++) {
        wanted = asked[i]
        gsub(/[.+(){}^$|\\]/, "\\\\&", wanted); gsub(/\*/, ".*", wanted); gsub(/\?/, ".", wanted)
        if (name ~ ("^" wanted "$")) { print name; print text; found = 1; break }
      }
    }
    END { if (!found) print "" }
  ' "$server/values"
}

config_set() {
  if [ $# -lt 2 ] || [ $(($# % 2)) = 1 ]; then
    complain "ERR wrong number of arguments for 'config|set' command"
    return
  fi
  number=0
  for word in "$@"; do
    number=$((number + 1))
    export "WORD_$number=$word"
  done
  WORDS=$number
  export WORDS
  if said=$(awk "$rules"'
    FILENAME ~ /\/values$/ { text = $0; sub(/^[^ ]+ /, "", text); value[$1] = text; next }
    function fail(name, why) {
      printf "ERR CONFIG SET failed (possibly related to argument \047%s\047) - %s\n", name, why
      failed = 1
      exit 1
    }
    END {
      if (failed) exit 1
      for (w = 1; w < ENVIRON["WORDS"]; w += 2) {
        name = tolower(ENVIRON["WORD_" w])
        if (!(name in type)) {
          printf "ERR Unknown option or number of arguments for CONFIG SET - \047%s\047\n", ENVIRON["WORD_" w]
          exit 1
        }
        if (change[name] == "immutable") fail(name, "can\047t set immutable config")
        if (change[name] == "protected") fail(name, "can\047t set protected config")
        problem = take(name, ENVIRON["WORD_" (w + 1)])
        if (problem != "") fail(name, problem)
      }
      for (i = 1; i <= count; i++) printf "%s %s\n", order[i], value[order[i]]
    }' "$server/table" "$server/values"); then
    printf '%s\n' "$said" >"$server/values.new" && mv -f "$server/values.new" "$server/values"
    echo OK
  else
    complain "$said"
  fi
}

# The first line of each directive says what there is, further ones go, and what the file does not say comes at its end.
config_rewrite() {
  IFS= read -r file <"$server/file"
  if [ -z "$file" ]; then
    complain "ERR The server is running without a config file"
    return
  fi
  awk "$rules"'
    FILENAME ~ /\/values$/ { text = $0; sub(/^[^ ]+ /, "", text); value[$1] = text; next }
    function told(name,   n, i, word, lines) {
      if (type[name] == "save") {
        n = split(value[name], word, " ")
        if (n == 0) return "save \"\""
        for (i = 1; i <= n; i += 2) lines = lines (i > 1 ? "\n" : "") "save " word[i] " " word[i + 1]
        return lines
      }
      if (type[name] ~ /^(list|limits|replica)$/) return name " " value[name]
      text = value[name]
      if (type[name] != "str") return name " " text
      gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text)
      return name " \"" text "\""
    }
    {
      name = tolower($1)
      if (!(name in type)) { print; if ($0 ~ /Generated by CONFIG REWRITE/) signed = 1; next }
      if (!(name in seen)) print told(name)
      seen[name] = 1
    }
    END {
      for (i = 1; i <= count; i++) {
        name = order[i]
        if (name in seen || value[name] == standard[name]) continue
        if (!signed) { print "\n# Generated by CONFIG REWRITE"; signed = 1 }
        print told(name)
      }
    }' "$server/table" "$server/values" "$root$file" >"$root$file.tmp" && mv -f "$root$file.tmp" "$root$file"
  echo OK
}

command() {
  verb=$(printf %s "$1" | tr '[:upper:]' '[:lower:]')
  if [ "$may" = no ]; then
    complain "NOAUTH Authentication required."
    return
  fi
  shift
  case $verb in
    ping) if [ $# = 0 ]; then echo PONG; else printf '%s\n' "$1"; fi ;;
    echo) if [ $# = 1 ]; then printf '%s\n' "$1"; else complain "ERR wrong number of arguments for 'echo' command"; fi ;;
    info) info "$(printf %s "${1:-}" | tr '[:upper:]' '[:lower:]')" ;;
    config)
      part=$(printf %s "${1:-}" | tr '[:upper:]' '[:lower:]')
      [ $# = 0 ] || shift
      case $part in
        get) if [ $# = 0 ]; then complain "ERR wrong number of arguments for 'config|get' command"; else config_get "$@"; fi ;;
        set) config_set "$@" ;;
        rewrite) config_rewrite ;;
        *) complain "ERR unknown subcommand '$part'. Try CONFIG HELP." ;;
      esac
      ;;
    *) complain "ERR unknown command '$verb', with args beginning with: " ;;
  esac
}

if [ $# = 0 ]; then
  # Lines of plain words; one with quotes would need more than this.
  while read -r line || [ -n "$line" ]; do
    case $line in
      '') ;;
      *[\"\'\\]*) echo "Invalid argument(s)" ;;
      *)
        set -f
        # shellcheck disable=SC2086 # its words
        set -- $line
        command "$@"
        set --
        ;;
    esac
  done
elif [ -n "$last_from_stdin" ]; then
  last=$(cat; echo .)
  command "$@" "${last%.}"
else
  command "$@"
fi
