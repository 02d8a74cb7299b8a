"""What must be stated of every exhibit, for tests that hand over and are about something else."""

from __future__ import annotations

from typing import Final

from ui.evidence.add import AddPresenter

STATED: Final = (
    ("case", "1/26"),
    ("title", "Disk"),
    ("acquired-at", "2026-11-02"),
    ("authority", "PJ"),
)


def stated(**others: str) -> tuple[tuple[str, str], ...]:
    """The facts of an exhibit with some of another value; `_` stands for `-`."""
    given = {name.replace("_", "-"): value for name, value in others.items()}
    return tuple({**dict(STATED), **given}.items())


def state(add: AddPresenter) -> None:
    """State of every file that may go what must be, where it is not."""
    for at, one in enumerate(add.state.files, 1):
        if one.problem:
            continue
        add.describe(one.path, {**dict(STATED), **dict(one.facts)})
        if not one.exhibit:
            add.number(one.path, f"T-{at}")
