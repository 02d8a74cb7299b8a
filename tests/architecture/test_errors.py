"""Every error has a code of its own, by which window, command line and manual know it."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterator

from protocol.errors import ActionNeededError, BugError, JitError, RefusedError, TryAgainError
from tests.architecture.tree import ROOMS, imports, module, sources


def _load_every_room() -> None:
    for path in sources(*ROOMS):
        if any(wanted.startswith("protocol.errors") for wanted in imports(path)):
            importlib.import_module(module(path))


def _below(kind: type[JitError]) -> Iterator[type[JitError]]:
    for child in kind.__subclasses__():
        if child.__module__.split(".")[0] in ROOMS:
            yield child
            yield from _below(child)


def test_no_two_errors_share_a_code() -> None:
    _load_every_room()
    named: dict[str, set[str]] = defaultdict(set)

    for error in _below(JitError):
        named[error.code].add(f"{error.__module__}.{error.__qualname__}")

    assert {code: kinds for code, kinds in named.items() if len(kinds) > 1} == {}


def test_every_error_belongs_to_one_of_four_families() -> None:
    _load_every_room()
    families = (TryAgainError, ActionNeededError, RefusedError, BugError)

    strays = [
        e.__qualname__ for e in _below(JitError) if sum(issubclass(e, f) for f in families) != 1
    ]

    assert strays == []


def test_a_code_is_lower_case_words_with_hyphens() -> None:
    _load_every_room()

    odd = [
        e.code
        for e in _below(JitError)
        if not e.code.replace("-", "").isalnum() or e.code != e.code.lower()
    ]

    assert odd == []
