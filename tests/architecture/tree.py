"""The tree as the architecture tests see it: files, modules, imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = (
    "protocol",
    "crypto",
    "localstore",
    "sync",
    "jitclient",
    "ui",
    "resources",
    "centralstore",
)


def sources(*folders: str) -> Iterator[Path]:
    """Every Python file under the given top-level folders, in order."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """A file as people name it: its path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """A file as Python names it: `jitclient.cli`, `crypto.keys`."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> set[str]:
    """Everything a file imports, as dotted names; `from a import b` counts as `a.b`."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{_origin(path, node)}.{alias.name}" for alias in node.names)
    return found


def _origin(path: Path, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = path.relative_to(ROOT).parent.parts
    base = package[: len(package) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)


@cache
def committed() -> tuple[Path, ...]:
    """The files git tracks, or every file outside hidden folders where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [
            name(path)
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return tuple(path for path in (ROOT / entry for entry in listed if entry) if path.is_file())
