#!/bin/sh
# A repository of packages of our own, so that dnf is tried without a network.
set -e

# furnish: a host that knows no other repository: `lab-web` in three versions, and `lab-base`, which it needs; `lab-rival`
# cannot be beside it; `lab-heir` stands in for `lab-old`; `lab-lost` needs what nobody has; `lab-sour` cannot be installed,
# and `lab-bitter` cannot be removed.
furnish() {
    rm -rf /var/lib/infra /var/lib/rpm /var/lib/dnf /var/cache/dnf /etc/yum.repos.d
    mkdir -p /etc/rpm /etc/dnf/plugins /etc/dnf/vars /etc/yum.repos.d /tmp/repository /tmp/build
    # Debian's rpm keeps its database in a home, and its dnf offers what was built locally.
    echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
    printf '[main]\nenabled = 0\n' >/etc/dnf/plugins/local.conf
    : >/etc/dnf/plugins/versionlock.list
    echo 1 >/etc/dnf/vars/releasever
    printf '[lab]\nname=lab\nbaseurl=file:///tmp/repository\ngpgcheck=0\n' >/etc/yum.repos.d/lab.repo
    for version in 1.2.0 1.2.10 1.26.1; do package lab-web $version 'Requires: lab-base' </dev/null; done
    package lab-base 1 </dev/null
    package lab-epoch 1 'Epoch: 2' </dev/null
    package lab-rival 1 'Conflicts: lab-web' </dev/null
    package lab-old 1 </dev/null
    package lab-heir 1 'Obsoletes: lab-old < 2' </dev/null
    package lab-lost 1 'Requires: lab-nowhere' </dev/null
    printf '%%%%pre -p <lua>\nerror("this package is sour")\n' | package lab-sour 1
    printf '%%%%preun -p <lua>\nerror("this package is bitter")\n' | package lab-bitter 1
}

# package NAME VERSION [LINE...]: to be built, with a configuration file and these lines in its head; what follows the file in
# its description comes from stdin.
package() {
    name=$1 version=$2
    shift 2
    {
        printf 'Name: %s\nVersion: %s\nRelease: 1\nSummary: lab\nLicense: none\nBuildArch: noarch\nAutoReqProv: no\n' \
            "$name" "$version"
        [ $# = 0 ] || printf '%s\n' "$@"
        printf '%%description\nlab\n%%install\nmkdir -p %%{buildroot}/etc/%s\n' "$name"
        printf 'echo version=%s >%%{buildroot}/etc/%s/%s.conf\n' "$version" "$name" "$name"
        printf '%%files\n%%config(noreplace) /etc/%s/%s.conf\n' "$name" "$name"
        cat
    } >"/tmp/build/$name-$version.spec"
}

# publish: builds what is to be built, and has it on the repository's lists.
publish() {
    rpmbuild -bb --quiet --define '_topdir /tmp/build' --define '_rpmdir /tmp/repository' /tmp/build/*.spec
    rm /tmp/build/*.spec
    createrepo_c -q /tmp/repository
}
