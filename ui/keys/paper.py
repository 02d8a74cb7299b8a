"""The recovery sheet on paper: one A4 page as PDF, readable by its owner only."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from ui.keys.state import SheetState
from ui.language import tr

_COLUMNS = 4
_WIDE = 60
_CAN = (
    "It opens your profile when the passphrase is forgotten or the keyring is lost. "
    "Nothing is lost then. On a new computer it makes you the same person again."
)
_CANNOT = (
    "It does not bring back messages or exhibits. It does not let you into a space by itself. "
    "It cannot be replaced: whoever holds it can act as you. Keep it under lock."
)


def write_pdf(path: Path, state: SheetState) -> bool:
    """Write the sheet; False when the file cannot be made. An older file of that name goes."""
    try:
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    writer = QPdfWriter(str(path))
    writer.setTitle(tr("Recovery sheet"))
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(20, 20, 20, 20),
            QPageLayout.Unit.Millimeter,
        )
    )
    document = QTextDocument()
    document.setHtml(_html(state))
    document.print_(writer)
    return path.stat().st_size > 0


def lines_of(text: str) -> list[str]:
    """The line of the sheet in pieces that fit page and window; white space does not count."""
    return [text[start : start + _WIDE] for start in range(0, len(text), _WIDE)]


def _html(state: SheetState) -> str:
    cells = [f"<td>{at}&nbsp;&nbsp;{escape(word)}</td>" for at, word in enumerate(state.words, 1)]
    rows = "".join(
        f"<tr>{''.join(cells[start : start + _COLUMNS])}</tr>"
        for start in range(0, len(cells), _COLUMNS)
    )
    broken = "<br>".join(escape(piece) for piece in lines_of(state.line))
    return (
        f"<h1>{escape(tr('Recovery sheet'))}</h1>"
        f"<p>{escape(state.owner)}<br>{escape(tr('Store {address}', address=state.store))}</p>"
        f'<table cellpadding="6" style="font-family: Noto Sans Mono">{rows}</table>'
        f'<p style="font-family: Noto Sans Mono">{broken}</p><p>{escape(tr(_CAN))}</p>'
        f"<p>{escape(tr(_CANNOT))}</p>"
    )
