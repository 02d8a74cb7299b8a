"""The recovery sheet on paper: one A4 page as PDF, readable by its owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.errors import CannotCreateError
from ui.keys.state import SheetState
from ui.language import tr
from ui.printing.paper import Line, Paper, Style, Table, Words, cell
from ui.printing.writing import pdf_of, save

_COLUMNS: Final = 4
_WIDE: Final = 60
_CAN: Final = (
    "It opens your profile when the passphrase is forgotten or the keyring is lost. "
    "Nothing is lost then. On a new computer it makes you the same person again."
)
_CANNOT: Final = (
    "It does not bring back messages or exhibits. It does not let you into a space by itself. "
    "It cannot be replaced: whoever holds it can act as you. Keep it under lock."
)


async def write_pdf(path: Path, state: SheetState) -> bool:
    """Write the sheet; False when the file cannot be made. An older file of that name goes."""
    data = await pdf_of(recovery_paper(state))
    try:
        path.unlink(missing_ok=True)
        save(path, data)
    except (OSError, CannotCreateError):
        return False
    return True


def lines_of(text: str) -> list[str]:
    """The line of the sheet in pieces that fit page and window; white space does not count."""
    return [text[start : start + _WIDE] for start in range(0, len(text), _WIDE)]


def recovery_paper(state: SheetState) -> Paper:
    """The sheet."""
    numbered = [cell(f"{at:>2}  {word}", Style.DIGITS) for at, word in enumerate(state.words, 1)]
    rows = tuple(
        tuple(numbered[start : start + _COLUMNS]) for start in range(0, len(numbered), _COLUMNS)
    )
    broken = tuple(Line(one, Style.MONO) for one in lines_of(state.line))
    store = cell(tr("Store {address}", address=state.store))
    return Paper(
        title=tr("Recovery sheet"),
        blocks=(
            Words(
                (*cell(tr("Recovery sheet"), Style.TITLE), *cell(state.owner, Style.STRONG), *store)
            ),
            Table((1,) * _COLUMNS, rows, grid=True, whole=True, pad=6, gap=14),
            Words(broken, gap=14),
            Words(cell(tr(_CAN)), gap=14),
            Words(cell(tr(_CANNOT)), gap=8),
        ),
        made=state.made,
    )
