#!/bin/sh
# What rpm and dnf know of packages, as managers.sh wants it.

# Of one that is there several times, as kernels are, the newest comes first. One that rpm does not know is no trouble.
dnf_states() {
    seen=$(rpm -q --qf '%{NAME} %{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n' -- "$@" 2>&1)
    case $seen in 'error: '* | *'
error: '*) return 1 ;; esac
    printf '%s\n' "$seen" | tac | while read -r name architecture number; do
        case $number in *' is not installed' | *' not installed') continue ;; esac
        wish=install
        if is_locked "$name"; then wish=hold; fi
        echo "$name $architecture $wish ok installed ${number#0:}"
    done
}

# is_locked NAME: whether the plugin `versionlock` keeps it as it is; its lines are NAME-EPOCH:VERSION-RELEASE.*
is_locked() { sed -n 's/-[0-9]*:.*//p' "$root/etc/dnf/plugins/versionlock.list" 2>/dev/null | grep -qxF -- "$1"; }

# The lists are taken as they are here; a lock would hide what it keeps away. Which version is the newer only rpm can say.
dnf_offers() {
    found=$(dnf -q -C --disableplugin=versionlock repoquery --available --qf '%{name} %{epoch} %{version} %{release}' \
        -- "$@" 2>/dev/null)
    rpm --eval "%{lua: local all = {}
for name, epoch, version, release in ([[$found]]):gmatch('(%S+) (%S+) (%S+) (%S+)') do
  all[#all + 1] = { name, epoch, version, release }
end
table.sort(all, function(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  for i = 2, 4 do
    local order = rpm.vercmp(a[i], b[i])
    if order ~= 0 then return order > 0 end
  end
  return false
end)
for _, it in ipairs(all) do print(it[1] .. ' ' .. it[2] .. ':' .. it[3] .. '-' .. it[4] .. '\n') end}" |
        sed '/^$/d; s/ 0:/ /'
}
