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
    """What stands in the fields; `row` is the exhibit as it was when typing began."""

    row: ExhibitRow
    tags: tuple[str, ...]
    note: str
    written: bool = False

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

    def noted(
        self, row: ExhibitRow, *, tags: tuple[str, ...] | None = None, note: str | None = None
    ) -> None:
        """A field was left: these tags, or this note, are kept; the exhibit is now like this."""
        found = self._typed.get(row.file)
        if found is None:
            return
        if found.tags == tags:
            found = replace(found, tags=row.tags)
        if found.note == note:
            found = replace(found, note=row.note)
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
                await self.write(one.row, one.tags, one.note)
            except (NotFoundError, SpaceClosedError):
                self.done(file)  # wiped meanwhile, and the exhibit with it
            except BadInputError:
                continue  # half a tag may be none yet; its note is kept
            except JitError as failure:
                failed = failure  # of one space; another's database may be well
            else:
                if self._typed.get(file) is one:
                    self._typed[file] = replace(one, written=True)
        if failed is not None:
            raise failed

    async def write(self, row: ExhibitRow, tags: tuple[str, ...], note: str) -> None:
        """Give the exhibit these tags and no others, and this note.

        Raises:
            JitError: it could not be written.
        """
        desk, space, file = self._desk.reviewing, row.space, row.file
        now = await desk.row(space, file)
        gone = tuple(one for one in now.tags if one not in tags)
        new = tuple(one for one in tags if one not in now.tags)
        if now.note != note:
            await desk.note(space, file, note)
        if gone or new:
            await desk.tag(space, file, add=new, remove=gone)


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a line, separated by commas."""
    return tuple(one.strip() for one in text.split(",") if one.strip())
