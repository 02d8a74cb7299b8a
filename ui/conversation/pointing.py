"""Who and what a message can point to, and what each is called on this screen. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from jitclient.mentionviews import Spot, Target
from jitclient.views import ExhibitRow, MemberRow
from protocol.ids import FileId
from ui import words
from ui.language import tr

SIGNS: Final = "@#"
SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the completion."""

    target: Target
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Known:
    """The members and exhibits of the space in front.

    `exhibits` are those that are spoken of, `listed` all of them, newest first, once they are read.
    """

    members: Sequence[MemberRow] = ()
    exhibits: Mapping[FileId, ExhibitRow] = field(default_factory=dict)
    listed: Mapping[FileId, ExhibitRow] = field(default_factory=dict)

    def choices(self, sign: str, typed: str) -> tuple[Choice, ...]:
        """What begins with, or has a word that begins with, what was typed; at most `SHOWN`."""
        wanted = _folded(typed)
        offered = self._people() if sign == "@" else self._exhibits(wanted)
        ranks: list[list[Choice]] = [[] for _ in range(_NONE + 1)]
        for one in offered:
            rank = ranks[_rank(one, wanted)]
            rank.append(one)
            if rank is ranks[0] and len(rank) == SHOWN:
                break  # there are no better ones, and perhaps a hundred thousand more
        return tuple(chain.from_iterable(ranks[:_NONE]))[:SHOWN]

    def label(self, target: Target) -> str:
        """What a mention is called; of what is not known here, what kind of thing it is."""
        if target.role is not None:
            return f"@{words.ROLES[target.role]}"
        if target.user is not None:
            names = (one.name for one in self.members if one.user == target.user)
            return next((f"@{words.plain(name)}" for name in names), tr("@former member"))
        file = target.file
        row = (self.exhibits.get(file) or self.listed.get(file)) if file is not None else None
        return f"#{words.plain(row.exhibit or row.name)}" if row is not None else tr("#exhibit")

    def _people(self) -> list[Choice]:
        found = [
            Choice(
                Target(user=one.user),
                f"@{words.plain(one.name)}",
                " · ".join(
                    part
                    for part in (words.ROLES[one.role], words.plain(one.authority), one.country)
                    if part
                ),
            )
            for one in self.members
            if not one.is_me
        ]
        roles = sorted({one.role for one in self.members}, key=lambda role: role.value)
        found += [
            Choice(Target(role=role), f"@{words.ROLES[role]}", tr("Everybody with this role"))
            for role in roles
        ]
        return found

    def _exhibits(self, wanted: str) -> Iterator[Choice]:
        rows = self.listed or self.exhibits
        for row in sorted(rows.values(), key=_newest):
            if not _hopeless(row, wanted):
                label = f"#{words.plain(row.exhibit or row.name)}"
                yield Choice(Target(file=row.file), label, words.plain(row.name))


_NONE: Final = 9


def _rank(choice: Choice, wanted: str) -> int:
    label = _folded(choice.label[1:])
    if label.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in label.split()):
        return 1
    if wanted and any(word.startswith(wanted) for word in _folded(choice.note).split()):
        return 2
    return 3 if wanted and wanted in label else _NONE


def _newest(row: ExhibitRow) -> int:
    return -row.added_at


def _hopeless(row: ExhibitRow, wanted: str) -> bool:
    """Told without folding where that is easy: nearly all of very many are left out by this."""
    text = f"{row.exhibit} {row.name}"
    return text.isascii() and text.isprintable() and wanted not in text.casefold()


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in bare if not unicodedata.combining(char))


def asked(before: str) -> tuple[str, str] | None:
    """The sign and what follows it up to the caret, where somebody begins a mention.

    The sign stands at the start of a word; what follows is at most two words long.
    """
    line = before.rsplit("\n", 1)[-1]
    at = max(line.rfind(sign) for sign in SIGNS)
    if at < 0 or (at > 0 and not (line[at - 1].isspace() or line[at - 1] in "([„“\"'")):
        return None
    typed = line[at + 1 :]
    if typed[:1].isspace() or typed.count(" ") > 1 or len(typed) > 60:
        return None
    return line[at], typed


def reworded(text: str, spots: Sequence[Spot]) -> tuple[str, tuple[tuple[int, int, Spot], ...]]:
    """A row's text with the names of now, and where they stand: (start, end, spot)."""
    made, at = "", 0
    found = []
    for spot in spots:
        made += text[at : spot.start]
        label = spot.label
        if spot.target.role is not None:
            label = f"@{words.ROLES[spot.target.role]}"
        elif spot.target.file is not None and label == "#exhibit":
            label = tr("#exhibit")
        label = words.plain(label)
        found.append((len(made), len(made) + len(label), spot))
        made += label
        at = spot.end
    return made + text[at:], tuple(found)
