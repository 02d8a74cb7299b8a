"""The Debian packages that a bundle needs: `python depends.py BUNDLE` prints two fields.

Found, not listed by hand: every library that a file of the bundle is linked to and that the bundle
does not bring, and the package here that has it. What Qt opens by name stands in
packaging/qt-libraries.txt. Symbols of glibc say how old the system may be.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OPTIONAL: Final = ("libqgtk3.so",)
"""Plugins that Qt leaves out where their libraries are missing; a desktop that has use for them has
those."""
LISTED: Final = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""What a machine that builds need not have installed."""
RENAMED: Final = {
    "libglib2.0-0": "libglib2.0-0 | libglib2.0-0t64",
    "libssl3": "libssl3 | libssl3t64",
}
"""Packages that Debian 13 calls otherwise."""
RECOMMENDS: Final = ("gnome-keyring | kwalletmanager", "fonts-dejavu-core", "xdg-desktop-portal")
_NEEDED: Final = re.compile(r"\(NEEDED\).*\[(.+)\]")
_GLIBC: Final = re.compile(r"GLIBC_(\d+)\.(\d+)")
_ELF: Final = b"\x7fELF"


def elf_files(bundle: Path) -> list[Path]:
    """Programs and libraries of a bundle."""
    found = [one for one in sorted(bundle.rglob("*")) if one.is_file() and not one.is_symlink()]
    return [one for one in found if one.open("rb").read(4) == _ELF]


def outside(files: list[Path]) -> set[str]:
    """Names of libraries that these files need and that are not among them."""
    inside = {one.name for one in files}
    wanted = [one for one in files if one.name not in OPTIONAL]
    return {name for one in wanted for name in _NEEDED.findall(_read("-d", one))} - inside


def oldest_glibc(files: list[Path]) -> str:
    """The highest version of a symbol of glibc that any of them uses."""
    versions = [
        (int(major), int(minor))
        for one in files
        for major, minor in _GLIBC.findall(_read("--dyn-syms", one))
    ]
    return ".".join(map(str, max(versions)))


def packages(names: set[str]) -> set[str]:
    """The package that each library belongs to.

    Raises:
        LookupError: nobody knows it.
    """
    rows = [line.split() for line in (ROOT / "packaging/qt-libraries.txt").read_text().splitlines()]
    listed = {row[0]: row[1] for row in rows if len(row) == 2}
    known = LISTED | listed
    found = {name: known.get(name) or _owner(name) for name in names}
    missing = sorted(name for name, package in found.items() if not package)
    if missing:
        raise LookupError(f"no package here has {', '.join(missing)}")
    return set(found.values()) | set(listed.values())


def _owner(name: str) -> str:
    """The installed package with this library in a folder that the loader searches."""
    done = subprocess.run(  # noqa: S603 - our own words
        ["dpkg", "-S", f"*-linux-gnu/{name}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    owners = {line.split(":")[0] for line in done.stdout.splitlines() if ":" in line}
    return min(owners) if owners else ""


@cache
def _read(how: str, path: Path) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        ["readelf", "-W", how, str(path)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> int:
    """Two lines for the control file."""
    files = elf_files(Path(sys.argv[1]))
    needed = packages(outside(files)) - {"libc6"}
    depends = [f"libc6 (>= {oldest_glibc(files)})", *(RENAMED.get(p, p) for p in sorted(needed))]
    sys.stdout.write(f"Depends: {', '.join(depends)}\n")
    sys.stdout.write(f"Recommends: {', '.join(RECOMMENDS)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
