"""Folders are packages with a door-plate; names collide with nobody; commits name no registry."""

from __future__ import annotations

import ast
import re
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.tree import ROOMS, ROOT, committed, name, parsed, sources

REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("pkg", "dev"),
        ("jfrog", "io"),
    )
)
TAG = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d+)")


def test_packaging_is_never_a_package() -> None:
    """With an __init__.py it would hide PyPI's `packaging` from every tool run from the root."""
    assert list((ROOT / "packaging").rglob("__init__.py")) == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_with_code_is_a_package_with_a_door_plate(room: str) -> None:
    folders = {path.parent for path in sources(room)}

    for folder in folders:
        door = folder / "__init__.py"
        assert door.exists(), f"{name(folder)} has no __init__.py"
        assert len(ast.get_docstring(parsed(door)) or "") >= 20, f"{name(door)}: say what it is"


@pytest.mark.parametrize("room", ROOMS)
def test_the_door_plate_of_a_room_says_what_it_may_import_and_where_to_start(room: str) -> None:
    plate = ast.get_docstring(parsed(ROOT / room / "__init__.py")) or ""

    assert "May import" in plate
    assert "Start at" in plate


def test_every_test_folder_is_a_package() -> None:
    """Otherwise `import crypto` inside tests/ could mean tests/crypto."""
    bare = {
        name(path.parent) for path in sources("tests") if not (path.parent / "__init__.py").exists()
    }

    assert bare == set()


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    """Compared in lower case: pycryptodome's Crypto is our crypto on Windows and macOS."""
    foreign = {
        package: owners
        for package, owners in packages_distributions().items()
        if package.lower() in ROOMS and any(owner != "jitclient" for owner in owners)
    }

    assert foreign == {}


def test_committed_files_name_no_package_registry() -> None:
    """Where packages come from is each machine's configuration, never ours."""
    named = [
        f"{name(path)}: {host}"
        for path in committed()
        if path.suffix not in {".ttf", ".png"}
        for host in REGISTRIES
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]

    assert named == []


def test_the_wheel_lists_exactly_our_rooms() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)


def test_a_note_to_ourselves_names_its_issue() -> None:
    loose = [
        f"{name(path)}:{number}"
        for path in sources(*ROOMS)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if TAG.search(line)
    ]

    assert loose == [], "write the issue number (#12) on the same line, or do it"
