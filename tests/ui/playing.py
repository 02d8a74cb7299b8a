"""A screen of `tests/ui/screens` in a window of its own, for as long as a test looks at it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.screens import Play, Screen, case
from ui.shell import Shell

TIGHT: Final = (1080, 660)
"""The least room in which nothing folds, px."""


@contextlib.asynccontextmanager
async def playing(
    one: Screen,
    failures: list[Exception],
    size: tuple[int, int] = TIGHT,
    folder: Path | None = None,
) -> AsyncIterator[Play]:
    """The screen, when it has come to rest; `folder`: of the profile, where it matters."""
    shell = Shell(folder, lambda: NOW, failures.append)
    shell.resize(*size)
    shell.show()
    made = Play(shell, DoorDouble(make=case, enrolled=one.enrolled))
    shell.open_gate(made.door)
    await one.go(made)
    await made.quiet()
    yield made
    await put_away(shell)
