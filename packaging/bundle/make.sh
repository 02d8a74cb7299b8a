#!/bin/sh
# Make build/dist/jitclient: a folder with the program and everything it needs that no distribution
# brings, and beside it the list of what is inside (sbom.cdx.json). `make bundle` runs this.
# The environment it is made in holds what the program needs and PyInstaller, and nothing else.
set -eu
cd "$(dirname "$0")/../.."
ENV=build/bundle-env
OUT=build/dist
PYTHON=${PYTHON:-.venv/bin/python}

say() { printf '%s\n' "bundle: $*"; }

languages() {
    # The tests let sentences be younger than their translations; what is shipped is whole.
    .venv/bin/python -m tests.languages --whole && return
    [ -n "${UNFINISHED:-}" ] || { say "not made; UNFINISHED=1 makes one to try, without a .deb"; exit 1; }
}

environment() {
    if [ ! -f "$ENV/.done" ] || [ packaging/bundle/requirements.txt -nt "$ENV/.done" ]; then
        say "making $ENV"
        rm -rf "$ENV"
        "$(readlink -f "$PYTHON")" -m venv "$ENV"
        "$ENV/bin/python" -m pip --disable-pip-version-check -q install --require-hashes \
            -r packaging/bundle/requirements.txt
        touch "$ENV/.done"
    fi
    # What is bundled is what would be installed: a wheel, not this folder.
    "$ENV/bin/python" -m pip --disable-pip-version-check -q install --no-deps \
        --no-build-isolation --force-reinstall .
}

bundle() {
    say "collecting"
    rm -rf "${OUT:?}/jitclient"
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)} \
    PYTHONHASHSEED=0 "$ENV/bin/pyinstaller" -y --log-level ERROR --distpath "$OUT" \
        --workpath build/work packaging/bundle/jitclient.spec
}

strip_symbols() {
    command -v strip >/dev/null 2>&1 || { say "no strip here: the bundle stays larger"; return; }
    # Qt's own come stripped; these carry 45 MB of names.
    find "$OUT/jitclient" -name 'libpython*' -exec strip --strip-unneeded {} +
    for name in sqlcipher3 granian uvloop sqlalchemy; do
        find "$OUT/jitclient" -path "*/$name/*" -name '*.so' -exec strip --strip-unneeded {} +
    done
}

languages
environment
bundle
strip_symbols
"$ENV/bin/python" packaging/bundle/sbom.py "$OUT/jitclient" >"$OUT/jitclient/sbom.cdx.json"
"$ENV/bin/python" packaging/bundle/notices.py "$OUT/jitclient" >"$OUT/jitclient/NOTICES.txt"
say "$(du -sm "$OUT/jitclient" | cut -f1) MB in $OUT/jitclient"
