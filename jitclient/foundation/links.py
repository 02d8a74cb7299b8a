"""Links that other programs hold: `jit:space/ID` and `jit:space/ID/exhibit/ID`. Pure.

A link names something by its random id and nothing else: who reads one learns no name, no address
and no key, and following one shows only what this profile has already. ADR 61.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from protocol.errors import BadInputError
from protocol.ids import FileId, SpaceId, parse_id

SCHEME: Final = "jit:"
MAX_LINK_CHARS: Final = 96
_LINK: Final = re.compile(r"jit:space/([0-9a-f]{32})(?:/exhibit/([0-9a-f]{32}))?")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads: a space, or one exhibit in it."""

    space: SpaceId
    file: FileId | None = None

    def __str__(self) -> str:
        exhibit = f"/exhibit/{self.file.hex()}" if self.file is not None else ""
        return f"{SCHEME}space/{self.space.hex()}{exhibit}"


def read_link(text: str) -> Link:
    """Read a link; there is one way to write each.

    Raises:
        BadInputError: anything else.
    """
    found = _LINK.fullmatch(text) if len(text) <= MAX_LINK_CHARS else None
    if found is None:
        raise BadInputError("This is no link of this program.")
    space, file = found.groups()
    return Link(SpaceId(parse_id(space)), FileId(parse_id(file)) if file is not None else None)
