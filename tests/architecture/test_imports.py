"""Allow-lists: what a room may import of ours. (The bans are import-linter's, in `make lint`.)"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import ROOMS, ROOT, imports, module, name, sources

ALLOWED: Final = {
    "protocol": ("protocol",),
    "resources": ("resources",),
    "crypto": ("crypto", "protocol"),
    "localstore": ("localstore", "protocol"),
    "sync": ("sync", "protocol"),
    "centralstore": (
        "centralstore",
        "protocol",
        "crypto.signatures",
        "crypto.merkle",
        "crypto.partleaf",
        "crypto.checkpoint",
        "crypto.sealedstream",
    ),
    "ui": (
        "ui",
        "resources",
        "jitclient.desk",
        "jitclient.door",
        "jitclient.views",
        "jitclient.checkviews",
        "jitclient.endviews",
        "jitclient.deviceviews",
        "jitclient.factviews",
        "jitclient.intakeviews",
        "jitclient.mentionviews",
        "jitclient.networkviews",
        "jitclient.pageviews",
        "jitclient.paperviews",
        "jitclient.reviewviews",
        "jitclient.searchviews",
        "jitclient.storageviews",
        "jitclient.threadviews",
        "jitclient.todayviews",
        "jitclient.training.house",
        "jitclient.training.views",
        "jitclient.events",
        "jitclient.foundation.links",
        "jitclient.foundation.policy",
        "jitclient.foundation.programs",
        "protocol.errors",
        "protocol.facts",
        "protocol.ids",
        "protocol.limits",
        "protocol.roles",
    ),
}
"""A room and the modules of ours that its files may name."""

FOREIGN: Final = {
    "protocol": {"msgspec"},
    "crypto": {"blake3", "msgspec", "nacl", "cryptography"},
    "resources": set[str](),
    "sync": {"msgspec", "httpx"},
    "localstore": {"msgspec", "sqlcipher3", "keyring"},
}
"""A room and the foreign packages it may speak to."""


def _is(wanted: str, allowed: tuple[str, ...]) -> bool:
    return any(wanted == entry or wanted.startswith(f"{entry}.") for entry in allowed)


def _ours(path: Path) -> set[str]:
    return {wanted for wanted in imports(path) if wanted.split(".")[0] in ROOMS}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_names_only_the_rooms_below_it(room: str) -> None:
    strays = [
        f"{name(path)} -> {wanted}"
        for path in sources(room)
        for wanted in sorted(_ours(path))
        if not _is(wanted, ALLOWED[room])
    ]

    assert strays == []


@pytest.mark.parametrize("room", sorted(FOREIGN))
def test_a_room_speaks_only_to_its_own_libraries(room: str) -> None:
    known = {*FOREIGN[room], *ROOMS, *sys.stdlib_module_names, "_typeshed"}

    strays = [
        f"{name(path)} -> {wanted}"
        for path in sources(room)
        for wanted in sorted(imports(path))
        if wanted.split(".")[0] not in known
    ]

    assert strays == []


def test_migrations_import_nothing_of_ours() -> None:
    """An old step must mean the same for ever; our code moves on."""
    strays = [
        f"{name(path)} -> {wanted}"
        for path in sources(*ROOMS)
        if "migrations" in path.parts and path.name not in {"__init__.py", "env.py"}
        for wanted in sorted(_ours(path))
    ]

    assert strays == []


def test_no_product_code_imports_the_tests() -> None:
    strays = [
        name(p) for p in sources(*ROOMS) if any(_is(i, ("tests", "bench")) for i in imports(p))
    ]

    assert strays == []


@pytest.mark.parametrize("room", ["crypto", "sync/machines"])
def test_every_pure_module_is_reached_from_the_tests_of_its_own_room(room: str) -> None:
    """A mirror: what no test beside it reaches is not held by anything."""
    modules = {module(path): path for path in (ROOT / room).glob("*.py") if path.stem != "__init__"}
    used = {wanted for path in (ROOT / "tests" / room).rglob("*.py") for wanted in imports(path)}
    reached: set[str] = set()

    while fresh := {m for m in modules if any(_is(use, (m,)) for use in used)} - reached:
        reached |= fresh
        used = {wanted for found in fresh for wanted in imports(modules[found])}

    assert set(modules) - reached == set()


_VIEWER_SIDE: Final = {"jitclient/viewing/viewer.py", "jitclient/viewing/errors.py"}


def test_the_viewing_process_loads_nothing_of_ours_but_itself() -> None:
    """It decodes strangers' files: no key, path or database of ours may even be loadable."""
    own = ("jitclient.viewing", "resources")
    strays = [
        f"{name(path)} -> {wanted}"
        for path in sources("jitclient/viewing")
        if name(path) not in _VIEWER_SIDE
        for wanted in sorted(_ours(path))
        if not _is(wanted, own) or _is(wanted, ("jitclient.viewing.viewer",))
    ]

    assert strays == []


def test_pictures_and_documents_are_decoded_in_the_viewing_process_only() -> None:
    decoders = {f"jitclient/viewing/{one}.py" for one in ("pictures", "pdf", "text")}
    found = {
        name(path)
        for path in sources(*ROOMS)
        if {"PIL", "pypdfium2", "pypdfium2_raw"} & {one.split(".")[0] for one in imports(path)}
    }

    assert found == decoders
