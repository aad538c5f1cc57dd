#!/bin/sh
# A repository of packages of our own, so that apt is tried without a network: `lab-web` in two versions, with a service and
# a configuration file, and `lab-base`, which it needs; `lab-sour` cannot be configured.
set -e
mkdir -p /srv/repository
cd /srv/repository

# package NAME VERSION [DEPENDS]: its other files are in `tree` already.
package() {
    mkdir -p tree/DEBIAN
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@localhost>\nDescription: lab\n' "$1" "$2"
        [ -z "${3:-}" ] || echo "Depends: $3"
    } >tree/DEBIAN/control
    dpkg-deb --root-owner-group --build tree "$1_$2.deb" >/dev/null
    rm -r tree
}

package lab-base 1
for version in 1.24.0-1 1.26.1-1; do
    mkdir -p tree/DEBIAN tree/lib/systemd/system tree/etc/lab-web
    printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' \
        >tree/lib/systemd/system/lab-web.service
    echo "version=$version" >tree/etc/lab-web/web.conf
    echo /etc/lab-web/web.conf >tree/DEBIAN/conffiles
    # As debhelper writes them.
    cat >tree/DEBIAN/postinst <<'END'
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
deb-systemd-helper enable lab-web.service >/dev/null
systemctl --system daemon-reload
if [ -n "$2" ]; then deb-systemd-invoke restart lab-web.service; else deb-systemd-invoke start lab-web.service; fi
END
    printf '#!/bin/sh\n[ "$1" != remove ] || deb-systemd-invoke stop lab-web.service\n' >tree/DEBIAN/prerm
    chmod 755 tree/DEBIAN/postinst tree/DEBIAN/prerm
    package lab-web "$version" lab-base
done
mkdir -p tree/DEBIAN
printf '#!/bin/sh\necho this package is sour\nexit 1\n' >tree/DEBIAN/postinst
chmod 755 tree/DEBIAN/postinst
package lab-sour 1
for file in *.deb; do
    dpkg-deb -f "$file"
    printf 'Filename: ./%s\nSize: %s\n' "$file" "$(stat -c %s "$file")"
    printf 'SHA256: %s\n\n' "$(sha256sum "$file" | cut -d ' ' -f 1)"
done >Packages
rm -f /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list
