#!/bin/sh
# Make build/dist/jitclient_VERSION_ARCH.deb from the bundle. `make deb` runs this.
# Needs dpkg-deb and readelf; no root. Nothing runs at installation but the desktop's own triggers.
set -eu
cd "$(dirname "$0")/../.."
PY=.venv/bin/python
BUNDLE=build/dist/jitclient
TREE=build/deb
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"

say() { printf '%s\n' "deb: $*"; }
[ -x "$BUNDLE/jitclient" ] || { say "no bundle; run: make bundle" >&2; exit 1; }
"$PY" -m tests.languages --whole || { say "a package is made of whole languages only" >&2; exit 1; }

VERSION=$("$BUNDLE/jitclient" --version | cut -d' ' -f2)
ARCH=$(dpkg --print-architecture)
OUT=build/dist/jitclient_${VERSION}_${ARCH}.deb

tree() {
    rm -rf "$TREE"
    mkdir -p "$TREE/usr/lib" "$TREE/usr/bin" "$TREE/usr/share/doc/jitclient" "$TREE/DEBIAN"
    cp -a "$BUNDLE" "$TREE/usr/lib/jitclient"
    ln -s ../lib/jitclient/jitclient "$TREE/usr/bin/jitclient"
    PYTHONPATH=. "$PY" packaging/desktop/make.py "$TREE"
    PYTHONPATH=. "$PY" packaging/manual/make.py "$TREE" jitclient
    ln -s ../../../lib/jitclient/sbom.cdx.json "$TREE/usr/share/doc/jitclient/sbom.cdx.json"
    ln -s ../../../lib/jitclient/NOTICES.txt "$TREE/usr/share/doc/jitclient/NOTICES.txt"
    cp packaging/deb/copyright "$TREE/usr/share/doc/jitclient/copyright"
    chmod -R u=rwX,go=rX "$TREE"
}

control() {
    size=$(du -sk --exclude=DEBIAN "$TREE" | cut -f1)
    {
        echo "Package: jitclient"
        echo "Version: $VERSION"
        echo "Architecture: $ARCH"
        echo "Maintainer: The JIT Client project <packages@jitclient.invalid>"
        echo "Installed-Size: $size"
        "$PY" packaging/deb/depends.py "$BUNDLE"
        echo "Section: net"
        echo "Priority: optional"
        echo "Description: work space of a joint investigation team"
        echo " Messages and evidence between the members of a joint investigation team,"
        echo " end-to-end encrypted. The store between them holds ciphertext only."
    } >"$TREE/DEBIAN/control"
    (cd "$TREE" && find usr -type f -exec md5sum {} +) | LC_ALL=C sort -k2 >"$TREE/DEBIAN/md5sums"
}

tree
control
find "$TREE" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z6 --build "$TREE" "$OUT" >/dev/null
say "$(du -m "$OUT" | cut -f1) MB in $OUT"
