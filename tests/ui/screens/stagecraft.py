"""A shell before its gate, the content of a real case, and the list of screens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from PySide6.QtWidgets import QWidget

from jitclient.views import Trust
from protocol.ids import UserId
from tests.ui.desk_devices import device
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW, ident
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, sheets, until
from ui.frame import Frame
from ui.shell import Shell
from ui.widgets.sheet import Sheet

LINK_LINE: Final = (
    "jit-link:AYGodmVyc2lvbgGlc3RvcmWxc3RvcmUuaml0LmV4YW1wbGU6ODQ0M6Rob3N02SBzaGEyNTY6OWY4NmQw"
    "ODE4ODRjN2Q2NTlhMmZlYWEwYzU1YWQwMTVhM2JmNGYxYjJiMGI4MjJjZDE1ZDZjMTViMGYwMGEwOKVvZmZlctkg"
)
LONG_NAME: Final = "María Concepción Fernández-Villaverde y Bustamante"
LONG_PLACE: Final = "Fiscalía Especial contra la Corrupción y la Criminalidad Organizada"
S = TypeVar("S", bound=Sheet)


@dataclass(slots=True)
class Play:
    """A shell before its gate."""

    shell: Shell
    door: DoorDouble
    keep: list[QWidget] = field(default_factory=list)  # windows that nothing else holds

    async def frame(self) -> tuple[Frame, DeskDouble]:
        """Unlock, or what is open already."""
        if self.shell.frame is not None:
            return self.shell.frame, self.door.desks[-1]
        return await enter(self.shell, self.door)

    async def shown(self, kind: type[S]) -> S:
        """The sheet of this kind that is open."""
        await until(lambda: any(isinstance(one, kind) for one in sheets()))
        return next(one for one in sheets() if isinstance(one, kind))

    async def quiet(self) -> None:
        """Give what was started its turns; an open sheet is itself a task that goes on."""
        for _ in range(80):
            await asyncio.sleep(0)
        if self.shell.frame is not None:
            timeline = self.shell.frame.stage.conversation.timeline
            await until(lambda: timeline.built)


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: how to come to it, and whether the profile is there before."""

    name: str
    go: Callable[[Play], Awaitable[None]]
    enrolled: bool = True


SCREENS: Final[list[Screen]] = []
Goer = Callable[[Play], Awaitable[None]]


def screen(name: str, *, enrolled: bool = True) -> Callable[[Goer], Goer]:
    def keep(go: Goer) -> Goer:
        SCREENS.append(Screen(name, go, enrolled))
        return go

    return keep


def case() -> DeskDouble:
    """The story, with devices and names as long as real ones are."""
    desk = story()
    desk.own = [
        device("Office laptop", this=True),
        replace(
            device("Court notebook, room 3.114, second floor of the annex at Sievekingplatz"),
            added_at=NOW - 3 * DAY,
        ),
        replace(device("Travel laptop"), last_seen=None, added_at=NOW - 300),
        device("Old computer", revoked=True),
    ]
    return desk


def add_long(desk: DeskDouble) -> UserId:
    """A member whose name and authority are as long as names and authorities get."""
    detail = desk.details[desk.space_a]
    user = UserId(ident(LONG_NAME))
    row = replace(
        detail.members[1],
        user=user,
        name=LONG_NAME,
        authority=LONG_PLACE,
        country="ES",
        trust=Trust.UNVERIFIED,
        devices=2,
    )
    desk.details[desk.space_a] = replace(detail, members=(*detail.members, row))
    return user


def member(desk: DeskDouble, at: int) -> UserId:
    return desk.details[desk.space_a].members[at].user


async def reloaded(frame: Frame) -> None:
    """Show what the desk says now."""
    frame.room.spaces.refresh()
    await calm(frame)
