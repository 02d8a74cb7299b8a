"""What is half typed in a sheet: kept with the space until the sheet is done or put away. No Qt.

A window that locks puts no sheet away: what stood in it is there when it is opened again.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from protocol.ids import SpaceId
from ui.leftoff import LeftOff


class HalfTyped:
    """The texts of one sheet.

    Args:
        left: how spaces were left.
        space: the one that the sheet is about.
        name: of the sheet and of what it is about, at most 40 characters.
    """

    def __init__(self, left: LeftOff, space: SpaceId, name: str) -> None:
        self._left, self._space, self._name = left, space, name

    async def load(self) -> None:
        """Read what was kept; before, there is nothing."""
        await self._left.load(self._space)

    def text(self, field: str, otherwise: str = "") -> str:
        """What stood in a field; where nothing was typed, what stands there at first."""
        return self._texts().get(field, otherwise)

    def typed(self, field: str, text: str) -> None:
        """This stands in a field."""
        self._left.note(self._space, self._name, urlencode({**self._texts(), field: text}))

    def over(self) -> None:
        """It is done, or a person put it away: nothing of it is kept."""
        self._left.note(self._space, self._name, "")

    def _texts(self) -> dict[str, str]:
        kept = self._left.of(self._space, self._name)
        return dict(parse_qsl(kept, keep_blank_values=True))
