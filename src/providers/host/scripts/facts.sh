#!/bin/sh
# What the machine is, and what time it is there. Nothing here changes the host.

observe_host() {
    os=
    if [ -r "$root/etc/os-release" ]; then os=$(b64 <"$root/etc/os-release"); fi
    name=
    if [ -r "$root/etc/hostname" ]; then read -r name <"$root/etc/hostname"; fi
    spell "${name:-$(uname -n)}"
    name=$it
    memory=0
    while read -r word amount _; do
        if [ "$word" = MemTotal: ]; then memory=$amount && break; fi
    done </proc/meminfo
    cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
    read -r uptime _ </proc/uptime
    printf 'host %s %s %s %s %s\n' "${os:--}" "$(uname -rm)" "$name" "$cpus" "$memory"
    printf 'time %s %s\n' "$(date +%s)" "$uptime"
}
