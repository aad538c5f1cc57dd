
# What a server makes of a value. Needs a file `table` of the directives as its first; then `take(NAME, VALUE)` gives "" and
# puts the value as the server tells it in `value[NAME]`, or gives the error.
# shellcheck disable=SC2016 # the program of awk
rules='
function trimmed(text) { gsub(/[ \t]+/, " ", text); sub(/^ /, "", text); sub(/ $/, "", text); return text }
function is_whole(text) { return text ~ /^-?[0-9]+$/ }
function bytes(text,   n, unit) {
  text = tolower(text)
  if (text !~ /^[0-9]+(b|k|kb|m|mb|g|gb)?$/) return -1
  n = text + 0; unit = text; sub(/^[0-9]+/, "", unit)
  if (unit == "k") n *= 1000; else if (unit == "kb") n *= 1024
  else if (unit == "m") n *= 1000000; else if (unit == "mb") n *= 1048576
  else if (unit == "g") n *= 1000000000; else if (unit == "gb") n *= 1073741824
  return n
}
function one_of(text, choices,   i, n, all) {
  n = split(choices, all, "|")
  for (i = 1; i <= n; i++) if (all[i] == text) return 1
  return 0
}
function take(name, text,   ty, part, n, i, word, class, limit, told, letter) {
  if (!(name in type)) return "Bad directive or wrong number of arguments"
  ty = type[name]
  split(ty, part, ":")
  if (ty == "bool") {
    text = tolower(text)
    if (text != "yes" && text != "no") return "argument must be \047yes\047 or \047no\047"
  } else if (part[1] == "int") {
    if (!is_whole(text)) return "argument couldn\047t be parsed into an integer"
    if (part[2] != "" && (text + 0 < part[2] + 0 || text + 0 > part[3] + 0)) return "argument must be between " part[2] " and " part[3] " inclusive"
  } else if (ty == "octal") {
    if (text !~ /^[0-7]+$/) return "argument couldn\047t be parsed as an octal number"
  } else if (ty == "mem") {
    if (name == "maxmemory-clients" && text ~ /^[0-9]+%$/) { value[name] = text; return "" }
    n = bytes(text)
    if (n < 0) return "argument must be a memory value"
    text = sprintf("%.0f", n)
  } else if (part[1] == "enum") {
    text = tolower(text)
    if (!one_of(text, part[2])) { gsub(/\|/, ", ", part[2]); return "argument must be one of the following: " part[2] }
  } else if (ty == "save") {
    text = trimmed(text)
    n = split(text, word, " ")
    if (n % 2) return "Invalid save parameters"
    for (i = 1; i <= n; i++) if (word[i] !~ /^[0-9]+$/) return "Invalid save parameters"
  } else if (ty == "limits") {
    n = split(trimmed(tolower(text)), word, " ")
    if (n == 0 || n % 4) return "Wrong number of arguments in buffer limit configuration."
    split(value[name], told, " ")
    for (i = 1; i <= 12; i += 4) limit[told[i]] = told[i + 1] " " told[i + 2] " " told[i + 3]
    for (i = 1; i <= n; i += 4) {
      class = word[i] == "replica" ? "slave" : word[i]
      if (!(class in limit)) return "Invalid client class specified in buffer limit configuration."
      if (bytes(word[i + 1]) < 0 || bytes(word[i + 2]) < 0 || word[i + 3] !~ /^[0-9]+$/) return "Error in hard, soft or soft_seconds setting in buffer limit configuration."
      limit[class] = sprintf("%.0f %.0f %d", bytes(word[i + 1]), bytes(word[i + 2]), word[i + 3])
    }
    text = "normal " limit["normal"] " slave " limit["slave"] " pubsub " limit["pubsub"]
  } else if (ty == "events") {
    for (i = 1; i <= length(text); i++) {
      letter = substr(text, i, 1)
      if (index("Ag$lshzxeKEtmdn", letter) == 0) return "Invalid event class character. Use \047Ag$lshzxeKEtmdn\047."
      told[letter] = 1
    }
    n = 1
    for (i = 1; i <= 10; i++) if (!(substr("g$lshzxetd", i, 1) in told)) n = 0
    if (n || "A" in told) word[1] = "A"
    else for (i = 1; i <= 10; i++) if (substr("g$lshzxetd", i, 1) in told) word[1] = word[1] substr("g$lshzxetd", i, 1)
    text = word[1]
    for (i = 1; i <= 4; i++) if (substr("KEmn", i, 1) in told) text = text substr("KEmn", i, 1)
  } else if (ty == "replica") {
    text = trimmed(text)
    if (tolower(text) == "no one") text = ""
    else if (text != "" && text !~ /^[^ ]+ [0-9]+$/) return "wrong number of arguments"
  } else if (ty == "list") text = trimmed(text)
  value[name] = text
  return ""
}
# A word of a line, out of its quotes; the rest of the line is left in `rest`.
function next_word(   word, c, q) {
  sub(/^[ \t\r]+/, "", rest)
  word = ""; q = substr(rest, 1, 1)
  if (q != "\"" && q != "\047") {
    match(rest, /^[^ \t\r]*/)
    word = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
    return word
  }
  rest = substr(rest, 2)
  while (rest != "" && (c = substr(rest, 1, 1)) != q) {
    if (c == "\\" && q == "\"") { rest = substr(rest, 2); c = substr(rest, 1, 1); if (c == "n") c = "\n"; if (c == "t") c = "\t" }
    word = word c; rest = substr(rest, 2)
  }
  if (rest == "") { unbalanced = 1; return word }
  rest = substr(rest, 2)
  return word
}
FILENAME ~ /\/table$/ {
  order[++count] = $1; type[$1] = $2; change[$1] = $3
  text = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ ?/, "", text)
  standard[$1] = text; value[$1] = text
  next
}
'
