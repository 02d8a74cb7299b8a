"""What was begun in the sheet "Hand over evidence", as a text that is kept with the space.

One line for each file, one for what is being stated at that moment, one for who was taken off the
list of recipients: that somebody was chosen is not kept, it may be another key by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode

from jitclient.views import ListRow
from protocol.facts import BY_NAME, Facts, arranged
from protocol.ids import SpaceId
from ui.evidence.facts import FactsPresenter
from ui.evidence.state import AddState, NewFile, Recipient
from ui.leftoff import LeftOff

_MOST: Final = 1 << 20  # characters the desk keeps under one name
_NAME: Final = "hand-over"
_FILE: Final = "file"
_STATING: Final = "stating"
_NOT: Final = "not"
_FACT: Final = "fact-"


@dataclass(frozen=True, slots=True)
class BegunFile:
    """A file that was on the list, with what was typed of it; `problem` as it was said."""

    path: Path
    exhibit: str
    facts: Facts
    problem: str
    again: bool


@dataclass(frozen=True, slots=True)
class Stating:
    """Facts on the sheet that was open over it: of one file, or (None) of all."""

    path: Path | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Begun:
    """Everything; `taken_off` are the persons, in hex, who are not to receive it."""

    files: tuple[BegunFile, ...] = ()
    stating: Stating | None = None
    taken_off: frozenset[str] = field(default_factory=frozenset)


class Keeper:
    """Keeps what is on the list as the window locks, for the next time the sheet is opened."""

    def __init__(self, left: LeftOff, space: SpaceId) -> None:
        self._left, self._space = left, space
        self._stating: tuple[Path | None, FactsPresenter] | None = None
        self._typed: Stating | None = None
        self._loaded = False

    async def load(self) -> Begun:
        """What was on the list as the window locked."""
        await self._left.load(self._space)
        found = read(self._left.of(self._space, _NAME))
        self._typed, self._loaded = found.stating, True
        return found

    def typed(self, path: Path | None, given: Facts) -> Facts:
        """The facts to begin with: once what was half typed, else the given ones."""
        if self._typed is not None and self._typed.path == path:
            given, self._typed = self._typed.facts, None
        return given

    def stating(self, path: Path | None, presenter: FactsPresenter | None) -> None:
        """Facts are being stated on a sheet of their own; None: no more."""
        self._stating = None if presenter is None else (path, presenter)

    async def keep(self, state: AddState) -> None:
        """Keep the list; before the last one was read it is not written over.

        Raises:
            JitError: it could not be written.
        """
        if self._loaded and not state.busy:
            now = self._stating
            typed = self._typed if now is None else Stating(now[0], now[1].state.values)
            await self._left.write(self._space, _NAME, written(state, typed))

    def over(self) -> None:
        """A person closed the sheet: nothing of it is kept."""
        self._left.note(self._space, _NAME, "")


def written(state: AddState, stating: Stating | None) -> str:
    """As a text; empty when nothing was begun. What is too long to be kept loses its last files."""
    if not state.files:
        return ""
    off = [(_NOT, one.user.hex()) for one in state.recipients if not one.chosen]
    lines = [_line(off)]
    if stating is not None:
        path = "" if stating.path is None else str(stating.path)
        lines.append(_line([(_STATING, path), *_facts(stating.facts)]))
    room = _MOST - sum(len(one) + 1 for one in lines)
    for one in state.files:
        line = _line(_of(one))
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join(lines)


def read(text: str) -> Begun:
    """The same again; what is not known here is left out."""
    files, stating, off = [], None, set[str]()
    for line in text.split("\n"):
        pairs = parse_qsl(line, keep_blank_values=True, errors="surrogateescape")
        said = dict(pairs)
        if _FILE in said:
            files.append(_file(said))
        elif _STATING in said:
            path = Path(said[_STATING]) if said[_STATING] else None
            stating = Stating(path, _stated(said))
        else:
            off |= {value for name, value in pairs if name == _NOT}
    return Begun(tuple(files), stating, frozenset(off))


def again(one: BegunFile, now: NewFile) -> NewFile:
    """A file as it was on the list; `now` says what it is like on the disk at this moment."""
    problem = now.problem or one.problem
    return replace(now, exhibit=one.exhibit, facts=one.facts, problem=problem, again=one.again)


def row_of(one: BegunFile) -> ListRow:
    """To look at the file once more."""
    return ListRow(line=0, path=one.path, number="", facts=dict(one.facts), problem="")


def without(people: tuple[Recipient, ...], off: frozenset[str]) -> tuple[Recipient, ...]:
    """The recipients without those who were taken off."""
    return tuple(replace(one, chosen=one.chosen and one.user.hex() not in off) for one in people)


def _of(one: NewFile) -> list[tuple[str, str]]:
    said = [(_FILE, str(one.path)), ("exhibit", one.exhibit), *_facts(one.facts)]
    if one.problem and not one.twice:  # whether the space has it is asked again
        said.append(("problem", one.problem))
    if one.again:
        said.append(("again", "1"))
    return said


def _file(said: Mapping[str, str]) -> BegunFile:
    return BegunFile(
        path=Path(said[_FILE]),
        exhibit=said.get("exhibit", ""),
        facts=_stated(said),
        problem=said.get("problem", ""),
        again="again" in said,
    )


def _facts(facts: Facts) -> list[tuple[str, str]]:
    return [(f"{_FACT}{name}", value) for name, value in facts]


def _stated(said: Mapping[str, str]) -> Facts:
    given = {
        name.removeprefix(_FACT): text for name, text in said.items() if name.startswith(_FACT)
    }
    return arranged({name: text for name, text in given.items() if name in BY_NAME})


def _line(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, errors="surrogateescape")
