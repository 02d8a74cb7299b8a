"""Words for a tooltip. Qt guesses whether a tooltip is markup; names must never be read as such."""

from __future__ import annotations

import html


def hover(text: str) -> str:
    """The text as Qt may show it: escaped where it could be taken for markup."""
    if "<" not in text and "&" not in text:
        return text
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>"
