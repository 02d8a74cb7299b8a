"""What a person is typing about an exhibit: kept although the field is not left. No Qt.

The window may lock at any moment, and the program may be killed: what stands in the fields is
written with the next tick and as the window locks, and undoing goes back to where typing began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jitclient.views import ExhibitRow
from protocol.errors import BadInputError, JitError, NotFoundError, SpaceClosedError
from protocol.ids import FileId
from ui.leftoff import LeftOff
from ui.ports import DeskPort


@dataclass(frozen=True, slots=True)
class HalfNoted:
    """What stands in the fields; `row` is the exhibit as it was when typing began.

    `turned`: tags that were given or taken from these fields since; `noted`: a note was written.
    """

    row: ExhibitRow
    tags: tuple[str, ...]
    note: str
    written: bool = False
    turned: frozenset[str] = frozenset()
    noted: bool = False

    def changes(self, row: ExhibitRow) -> bool:
        """Whether it is something else than what is noted of the exhibit."""
        return set(self.tags) != set(row.tags) or self.note != row.note


class HalfNotes:
    """Of each exhibit whose fields are not left yet, or are just being written."""

    def __init__(self, desk: DeskPort) -> None:
        self._desk = desk
        self._typed: dict[FileId, HalfNoted] = {}
        self.left: LeftOff | None = None
        """Asks for them as the window locks; None: nothing does."""

    def typed(self, row: ExhibitRow, tags: str, note: str) -> None:
        """This stands in the fields beside an exhibit."""
        before = self._typed.get(row.file)
        begun = before.row if before is not None else row
        now = HalfNoted(begun, tags_in(tags), note.strip("\n"))
        if not now.changes(begun) and not now.changes(row):
            self.done(row.file)
        elif before is None or (before.tags, before.note) != (now.tags, now.note):
            if before is not None:
                now = replace(now, turned=before.turned, noted=before.noted)
            self._typed[row.file] = now
            if self.left is not None:
                self.left.typed(self.keep)

    def standing(self, file: FileId) -> tuple[bool, bool]:
        """Whether tags, and a note, stand in its fields that are not to be written over."""
        one = self._typed.get(file)
        if one is None:
            return False, False
        return set(one.tags) != set(one.row.tags), one.note != one.row.note

    def begun(self, row: ExhibitRow) -> ExhibitRow:
        """The exhibit as it was when typing began."""
        found = self._typed.get(row.file)
        return found.row if found is not None else row

    def turned(self, file: FileId) -> frozenset[str]:
        """Tags that were given or taken from its fields since typing began."""
        found = self._typed.get(file)
        return found.turned if found is not None else frozenset()

    def noted(
        self, row: ExhibitRow, *, tags: tuple[str, ...] | None = None, note: str | None = None
    ) -> None:
        """A field was left: these tags, or this note, are kept; the exhibit is now like this."""
        found = self._typed.get(row.file)
        if found is None:
            return
        asleep = set(found.tags) == set(found.row.tags) and not found.turned
        if found.tags == tags or asleep:  # what nobody typed here follows what others do
            found = replace(found, tags=row.tags, turned=frozenset())
        if found.note == note or (found.note == found.row.note and not found.noted):
            found = replace(found, note=row.note, noted=False)
        if found.changes(row):
            self._typed[row.file] = replace(found, row=row)
        else:
            self.done(row.file)

    def done(self, file: FileId) -> None:
        """Nothing stands in its fields that is not kept."""
        self._typed.pop(file, None)
        if not self._typed and self.left is not None:
            self.left.rests(self.keep)

    async def keep(self) -> None:
        """Write what is not written yet.

        Raises:
            JitError: some could not be written, and is kept for the next time.
        """
        failed: JitError | None = None
        for file, one in tuple(self._typed.items()):
            if one.written:
                continue
            try:
                await self.write(file)
            except (NotFoundError, SpaceClosedError):
                self.done(file)  # wiped meanwhile, and the exhibit with it
            except BadInputError:
                continue  # half a tag may be none yet; its note is kept
            except JitError as failure:
                failed = failure  # of one space; another's database may be well
            else:
                now = self._typed.get(file)
                if now is not None and (now.tags, now.note) == (one.tags, one.note):
                    self._typed[file] = replace(now, written=True)
        if failed is not None:
            raise failed

    async def write(self, file: FileId) -> None:
        """Write what was changed in the fields; what another window changed meanwhile stays.

        Raises:
            JitError: it could not be written.
        """
        one = self._typed.get(file)
        if one is None:
            return
        desk, space = self._desk.reviewing, one.row.space
        now = await desk.row(space, file)
        begun, turned = set(one.row.tags), one.turned
        gone = [tag for tag in now.tags if tag not in one.tags and (tag in begun or tag in turned)]
        new = [
            tag for tag in one.tags if tag not in now.tags and (tag not in begun or tag in turned)
        ]
        note = now.note != one.note and (one.noted or one.note != one.row.note)
        self._tries(file, turned.union(new, gone), noted=one.noted or note)
        if note:
            await desk.note(space, file, one.note)
        if gone or new:
            await desk.tag(space, file, add=new, remove=gone)

    def _tries(self, file: FileId, turned: frozenset[str], *, noted: bool) -> None:
        """Before it is written: typing goes on meanwhile, and what fails may be there in part."""
        now = self._typed.get(file)
        if now is not None:
            self._typed[file] = replace(now, turned=turned, noted=noted)


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a line, separated by commas."""
    return tuple(one.strip() for one in text.split(",") if one.strip())
