"""The package installs on a bare Debian, brings all it needs, and its window opens there.

Needs root, mmdebstrap and Debian's packages from the network; skipped, loudly, without them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import ROOT
from tests.bundle.seen import all_ended, display, first_window, left_in

PACKAGES: Final = sorted((ROOT / "build/dist").glob("jitclient_*.deb"))
_SOURCES: Final = Path("/etc/apt/sources.list.d/debian.sources")
_SOCKETS: Final = "/tmp/.X11-unix"
_SECONDS: Final = 1200
INSIDE: Final = "/usr/lib/jitclient/_internal"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PACKAGES, reason="no package here; `make deb` makes one"),
]


def _told(*words: str | Path) -> str:
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    assert done.returncode == 0, (words, done.stderr[-2000:])
    return done.stdout


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The smallest Debian 12 there is, with the package and what apt brought for it."""
    if shutil.which("mmdebstrap") is None or os.geteuid() != 0 or not _SOURCES.exists():
        pytest.skip("needs root, mmdebstrap and Debian's sources")
    root = Path(f"/var/tmp/jitclient-bare-{os.getpid()}")
    inside = f"/tmp/{PACKAGES[-1].name}"
    install = "env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
    try:
        _told(
            "mmdebstrap", "--variant=minbase", "--quiet", "--mode=root",
            f"--customize-hook=cp {PACKAGES[-1]} \"$1{inside}\"",
            f"--customize-hook=chroot \"$1\" {install} {inside}",
            "bookworm", root, _SOURCES,
        )  # fmt: skip
        yield root
    finally:
        if f" {root}/" not in Path("/proc/self/mountinfo").read_text("utf-8"):  # never this /dev
            shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _sockets(root: Path) -> Iterator[None]:
    """The sockets of our screens, seen from inside; and /proc, which every system has."""
    (root / _SOCKETS.lstrip("/")).mkdir(exist_ok=True)
    _told("mount", "--bind", _SOCKETS, root / _SOCKETS.lstrip("/"))
    _told("mount", "-t", "proc", "proc", root / "proc")
    try:
        yield
    finally:
        _told("umount", root / "proc")
        _told("umount", root / _SOCKETS.lstrip("/"))


def test_the_commands_work_where_nothing_else_is_installed(bare: Path) -> None:
    assert _told("chroot", bare, "jitclient", "--version").startswith("jitclient ")
    assert "evidence" in _told("chroot", bare, "jitclient", "--help")


def test_the_first_window_is_mapped_on_a_bare_system(bare: Path) -> None:
    words = ["chroot", str(bare), "jitclient", "--profile", "/tmp/profile"]
    with display() as screen, _sockets(bare):
        process = subprocess.Popen(
            words,
            env={"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": "/root", "DISPLAY": screen},
            stderr=subprocess.PIPE,
        )
        try:
            assert first_window("^JIT Client$", screen)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=_SECONDS)

    assert b"Traceback" not in said
    assert left_in(bare) == []


def test_a_training_is_made_where_there_is_no_store(bare: Path) -> None:
    """The package brings the store that a training needs; nothing of it stays."""
    with display() as screen, _sockets(bare):
        process = subprocess.Popen(
            ["chroot", str(bare), "jitclient", "training"],
            env={"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": "/root", "DISPLAY": screen},
            stderr=subprocess.PIPE,
        )
        try:
            assert first_window(r"^JIT Client \(training\)$", screen, _SECONDS)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=_SECONDS)
        assert all_ended(lambda: left_in(bare), _SECONDS)

    assert b"Traceback" not in said
    assert not (bare / "root/.local/share/jitclient-training/session").exists()


def test_the_manual_the_completions_and_the_licences_are_where_debian_looks(bare: Path) -> None:
    share = bare / "usr/share"
    places = (
        "man/man1/jitclient.1.gz",
        "bash-completion/completions/jitclient",
        "zsh/vendor-completions/_jitclient",
        "fish/vendor_completions.d/jitclient.fish",
        "doc/jitclient/copyright",
    )
    links = [share / "doc/jitclient" / one for one in ("NOTICES.txt", "sbom.cdx.json")]

    assert [one for one in places if not (share / one).is_file()] == []
    assert [one.name for one in links if not (one.parent / one.readlink()).exists()] == []


def test_every_library_is_found_and_the_desktop_knows_the_program(bare: Path) -> None:
    libraries = (bare / "usr/lib/jitclient").rglob("*.so*")
    inside = [f"/{one.relative_to(bare)}" for one in libraries if one.name != "libqgtk3.so"]
    told = _told("chroot", bare, "env", f"LD_LIBRARY_PATH={INSIDE}", "ldd", *inside)
    share = bare / "usr/share"

    assert [line for line in told.splitlines() if "not found" in line] == []
    assert (share / "applications/eu.jitclient.JitClient.desktop").exists()
    assert (share / "icons/hicolor/512x512/apps/eu.jitclient.JitClient.png").exists()
