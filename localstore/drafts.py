"""The text of a space that is not sent yet (space.db); it goes with the space."""

from __future__ import annotations

from typing import Final

from localstore.connection import Connection

_KEEP: Final = "INSERT OR REPLACE INTO draft (here, text, reply_to) VALUES (1, :text, :reply_to)"
_LOAD: Final = "SELECT text, reply_to FROM draft"
_DROP: Final = "DELETE FROM draft"


def keep(sp: Connection, text: str, reply_to: bytes | None) -> None:
    """Keep a text, and the message it answers, in the place of the one before."""
    sp.execute(_KEEP, {"text": text, "reply_to": reply_to})


def load(sp: Connection) -> tuple[str, bytes | None]:
    """The text and the message it answers; an empty text when there is none."""
    row = sp.execute(_LOAD).fetchone()
    return ("", None) if row is None else (str(row[0]), None if row[1] is None else bytes(row[1]))


def drop(sp: Connection) -> None:
    """It was sent, or taken back."""
    sp.execute(_DROP)
