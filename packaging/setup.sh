#!/bin/sh
# Make .venv with everything the product and its checks need, Qt's system libraries, and PostgreSQL
# for the tests of the store.
# `make setup` runs this once per change of requirements.txt, pyproject.toml or packaging/.
# Packages come from wherever this machine's pip or uv is configured to look; every file is
# checked against the hashes in requirements.txt.
set -eu
cd "$(dirname "$0")/.."
VENV=.venv

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    say "installing system packages: $*"
    # Fresh images carry no package lists, and old ones name files that are gone.
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" \
        >/dev/null 2>&1 && return
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

find_python() {
    # By running it: a version manager's shim may exist for a Python that is not installed.
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "no Python 3.11 or newer found (set PYTHON=/path/to/python to name one)."
}

make_venv() {
    if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c '' 2>/dev/null; then
        return
    fi
    rm -rf "$VENV"
    python=$(find_python)
    say "making $VENV with $python"
    if command -v uv >/dev/null 2>&1 && uv venv -q -p "$python" "$VENV"; then
        return
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        may_install && apt_install python3-venv
        "$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
            "$python cannot make virtual environments (no ensurepip)." \
            "On Debian and Ubuntu: sudo apt-get install python3-venv"
    fi
    "$python" -m venv "$VENV"
}

install_packages() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install -q -p "$VENV/bin/python" --require-hashes -r requirements.txt \
            && uv pip install -q -p "$VENV/bin/python" --no-deps --no-build-isolation -e . \
            && return
        say "uv could not install; trying pip"
    fi
    "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$VENV/bin/python" -m ensurepip -q
    pip="$VENV/bin/python -m pip --disable-pip-version-check -q"
    $pip install --require-hashes -r requirements.txt
    $pip install --no-deps --no-build-isolation -e .
}

missing_libraries() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
    sed '/^#/d' packaging/qt-libraries.txt | while read -r soname package; do
        case $known in *"$soname "*) ;; *) printf '%s ' "$package" ;; esac
    done
}

install_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=$(missing_libraries)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086  # one word per package
    if may_install; then
        apt_install $missing
    else
        say "Qt needs system libraries that are missing here. As an administrator:"
        say "  sudo apt-get install --no-install-recommends $missing"
    fi
}

install_postgresql() {
    # For the tests of the store on PostgreSQL only; they start a server of their own.
    [ "$(uname -s)" = Linux ] || return 0
    for found in /usr/lib/postgresql/*/bin/initdb; do [ -x "$found" ] && return 0; done
    command -v initdb >/dev/null 2>&1 && return 0
    if may_install; then
        apt_install postgresql || say "PostgreSQL could not be installed; its tests are skipped."
    else
        say "the tests on PostgreSQL are skipped without it. As an administrator:"
        say "  sudo apt-get install --no-install-recommends postgresql"
    fi
}

install_dbus() {
    # For the tests of locking with the desktop only; they start a bus of their own.
    [ "$(uname -s)" = Linux ] || return 0
    command -v dbus-daemon >/dev/null 2>&1 && return 0
    if may_install; then
        apt_install dbus-daemon || say "dbus-daemon could not be installed; its tests are skipped."
    else
        say "the tests of locking with the desktop are skipped without dbus-daemon."
    fi
}

install_screen() {
    # For the tests that show the window on a display and read it as a screen reader does only.
    [ "$(uname -s)" = Linux ] || return 0
    [ -x /usr/libexec/at-spi-bus-launcher ] && command -v Xvfb >/dev/null 2>&1 && return 0
    if may_install; then
        apt_install xvfb at-spi2-core || say "no display for tests could be installed; they are skipped."
    else
        say "the tests on a display of their own are skipped without xvfb and at-spi2-core."
    fi
}

check_qt() {
    QT_QPA_PLATFORM=offscreen "$VENV/bin/python" -c \
        'from PySide6.QtWidgets import QApplication; QApplication([])' \
        || fail "Qt does not start; the line above names the library that is missing."
}

make_venv
say "installing the packages of requirements.txt"
install_packages
install_libraries
install_postgresql
install_dbus
install_screen

check_qt
say "done: $VENV/bin/jitclient and $VENV/bin/jitstore"
