"""What a second start asks of the window that is there: one line of text. Pure.

`raise`, `lock`, `window` or `open LINK`, each with the desktop's token for coming to the front, if
it gave one. Anything else is refused; the line comes from a process of the same person, which may
be any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from jitclient.foundation.links import Link, read_link
from protocol.errors import BadInputError

MAX_WISH_BYTES: Final = 512
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.:/+=-]{1,256}")


class Act(Enum):
    """What the window is asked to do."""

    RAISE = "raise"
    LOCK = "lock"
    WINDOW = "window"  # one more, where the profile is unlocked
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Wish:
    """One of them; `link` for OPEN only, `token` is the desktop's and may be empty."""

    act: Act
    link: Link | None = None
    token: str = ""


def written(wish: Wish) -> bytes:
    """The line that says it; a token that no desktop gives is left out."""
    token = wish.token if _TOKEN.fullmatch(wish.token) else "-"
    link = f" {wish.link}" if wish.link is not None else ""
    return f"{wish.act.value} {token}{link}\n".encode()


def read_wish(line: bytes) -> Wish:
    """Read a line.

    Raises:
        BadInputError: it is none of these, or too long.
    """
    if len(line) > MAX_WISH_BYTES or not line.isascii() or not line.endswith(b"\n"):
        raise BadInputError("This is no wish of a second start.")
    words = line[:-1].decode("ascii").split(" ")
    acts = {one.value: one for one in Act}
    act = acts.get(words[0])
    if act is None or len(words) != (3 if act is Act.OPEN else 2):
        raise BadInputError("This is no wish of a second start.")
    if not _TOKEN.fullmatch(words[1]):
        raise BadInputError("This is no wish of a second start.")
    link = read_link(words[2]) if act is Act.OPEN else None
    return Wish(act, link, "" if words[1] == "-" else words[1])
