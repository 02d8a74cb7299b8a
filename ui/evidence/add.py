"""Prepares files for handing over: what, as which exhibit, to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from jitclient import factviews
from jitclient.views import ListRow, SpaceDetail
from protocol.errors import JitError
from protocol.facts import BY_NAME, arranged
from protocol.ids import UserId
from protocol.limits import MAX_EXHIBIT_CHARS, MAX_FILE_BYTES
from ui import words
from ui.errors.cards import card_for
from ui.evidence import begun, choosing, totals
from ui.evidence.facts import FactsPresenter
from ui.evidence.state import AddState, NewFile
from ui.language import told, tr, trn
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope

MAX_FILES: Final = 2_000


class AddPresenter(Presenter[AddState]):
    """Behind the sheet "Hand over evidence". Nothing leaves before `add`.

    What is on the list as the window locks is there again when the sheet is opened: `keep`.
    """

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, detail: SpaceDetail, left: LeftOff | None = None
    ) -> None:
        super().__init__(AddState(recipients=choosing.recipients(detail)))
        self._desk = desk
        self._tasks = tasks
        self._space = detail.row.space
        self._rate = 0.0
        self.begun = begun.Keeper(left or LeftOff(desk), self._space)

    def take(self, paths: Iterable[Path]) -> None:
        """Add files, and the files of folders, to the list."""
        self._tasks.start(self._take(tuple(paths)), name="take")

    def drop(self, path: Path) -> None:
        """Take a file off the list."""
        self._list(tuple(one for one in self.state.files if one.path != path))

    def keep_only(self, kept: Collection[Path]) -> None:
        """Take all others off the list."""
        self._list(tuple(one for one in self.state.files if one.path in kept))

    def number(self, path: Path, exhibit: str) -> None:
        """Give a file its exhibit number."""
        text = exhibit.strip()
        long = tr("At most {limit} characters.", limit=MAX_EXHIBIT_CHARS)
        wrong = len(text) > MAX_EXHIBIT_CHARS
        one = next(one for one in self.state.files if one.path == path)
        other = "" if one.problem == long else one.problem
        self._change(path, exhibit=text, problem=long if wrong else other)

    def number_rest(self) -> None:
        """Count on from the last number given, for every file that has none."""
        files = []
        number = self.state.next_number
        for one in self.state.files:
            if one.exhibit or not number:
                files.append(one)
                continue
            files.append(replace(one, exhibit=number))
            number = factviews.following(number)
        self._list(tuple(files))

    def facts(self, path: Path | None) -> FactsPresenter:
        """Begin to state the facts of one file, or (None) the same facts of all."""
        one = next((one for one in self.state.files if one.path == path), None)
        whose, given = (self.state.total, ()) if one is None else (one.stem, one.facts)
        given = self.begun.typed(path, given)
        made = FactsPresenter(self._desk, self._tasks, whose, given)
        self.begun.stating(path, made)
        return made

    async def resume(self) -> tuple[Path | None, ...]:
        """Put on the list what was there as the window locked.

        Returns: whose facts (None: of all) were being stated then; empty: nobody's.
        """
        found = await self.begun.load()
        if not found.files:
            return ()
        now = await asyncio.to_thread(_made, [begun.row_of(one) for one in found.files])
        files = [begun.again(one, new) for one, new in zip(found.files, now, strict=True)]
        have = {one.path for one in files}
        self._list((*files, *(one for one in self.state.files if one.path not in have)))
        people = begun.without(self.state.recipients, found.taken_off)
        note = tr("Your draft of this space is here again.")
        self._show(replace(self.state, recipients=people, note=note))
        self._tasks.start(self._compare_with_space(files), name="compare")
        return () if found.stating is None else (found.stating.path,)

    async def keep(self) -> None:
        """Keep what is on the list; the window is about to lock or close.

        Raises:
            JitError: it could not be written.
        """
        await self.begun.keep(self.state)

    def describe(self, path: Path | None, facts: Mapping[str, str]) -> None:
        """Keep the facts of one file, or (None) add the same ones to those of every file."""
        kept = []
        for one in self.state.files:
            if path in (None, one.path):
                known = dict(one.facts) if path is None else {}
                wrong = one.problem if path is None else ""
                one = replace(one, facts=arranged({**known, **facts}), problem=wrong)  # noqa: PLW2901
            kept.append(one)
        self._list(tuple(kept))

    def take_list(self, path: Path) -> None:
        """Add the files of a list (CSV) with their numbers and facts; wrong rows say why."""
        self._tasks.start(self._take_list(path), name="list")

    async def _take_list(self, path: Path) -> None:
        try:
            rows = await self._desk.read_list(path)
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        have = {one.path for one in self.state.files}
        new = [one for one in rows if one.path not in have]
        made = await asyncio.to_thread(_made, new)
        files = [
            replace(
                file,
                exhibit=row.number,
                facts=arranged(row.facts),
                problem=tr("Line {line}: {problem}", line=row.line, problem=told(row.problem))
                if row.problem
                else file.problem,
            )
            for row, file in zip(new, made, strict=False)
        ]
        wrong = sum(1 for one in files if one.problem)
        self._list((*self.state.files, *files)[:MAX_FILES])
        self._tasks.start(self._compare_with_space(files), name="compare")
        note = trn(
            "{count} row read, {wrong} of it cannot go.",
            "{count} rows read, {wrong} of them cannot go.",
            len(rows),
            wrong=wrong,
        )
        self._show(replace(self.state, problem=None, note=note if wrong else ""))

    def report(self, path: Path) -> None:
        """Take the hashes an acquisition report states of the files on the list."""
        self._tasks.start(self._report(path), name="report")

    async def _report(self, path: Path) -> None:
        files = self.state.files
        try:
            read = await self._desk.read_report(path, [one.path.name for one in files])
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        found = {one.path: facts for one, facts in zip(files, read, strict=True) if facts}
        for file, facts in found.items():
            known = next(one.facts for one in self.state.files if one.path == file)
            self.describe(file, {**dict(known), **facts})
        inside = any("source-hash" in facts for facts in found.values())
        self._show(
            replace(self.state, problem=None, note=totals.taken(len(found), len(files), inside))
        )

    def _compared(self, done: int, total: int) -> None:
        word = tr(
            "Comparing with the acquisition: {done} of {total}",
            done=words.size(done),
            total=words.size(total),
        )
        if self.state.busy:
            self._show(replace(self.state, note=word))

    def choose(self, user: UserId, yes: bool) -> None:
        """Hand over to somebody, or not."""
        people = choosing.chosen(self.state.recipients, user, yes=yes)
        self._show(replace(self.state, recipients=people))

    async def add(self) -> bool:
        """Register every file. False when some failed; those stay on the list."""
        if not self.state.can_add:
            return False
        self._show(replace(self.state, busy=True, problem=None, note=""))
        to = [one.user for one in self.state.recipients if one.chosen]
        left: list[NewFile] = []
        problem = None
        for one in self.state.files:
            if not one.may_go:
                left.append(one)
                continue
            try:
                await self._desk.add_evidence(
                    self._space,
                    one.path,
                    to=to,
                    exhibit=one.exhibit,
                    facts=dict(one.facts),
                    tell=self._compared,
                    again=one.again,
                )
            except JitError as failure:
                problem = card_for(failure)
                twice = failure.reason == "duplicate"
                left.append(replace(one, problem=told(failure.sentence), twice=twice))
        self._list(tuple(left))
        self._show(replace(self.state, busy=False, problem=problem, note=""))
        return not left

    async def _take(self, paths: tuple[Path, ...]) -> None:
        have = {one.path for one in self.state.files}
        self._rate = await self._desk.upload_rate()
        rows = await self._desk.look_through(paths, MAX_FILES)
        fresh = [one for one in rows if one.path not in have]
        new = await asyncio.to_thread(_made, fresh)
        before = await self._desk.last_stated(self._space)
        new = [_begun(one, before) for one in new]
        self._list((*self.state.files, *new)[:MAX_FILES])
        if before and new:
            known = ", ".join(tr(BY_NAME[name].label) for name in before)
            note = tr(
                "{known}: as in your last exhibit here. Change them under “Facts for all…”.",
                known=known,
            )
            self._show(replace(self.state, note=note))
        await self._compare_with_space(new)

    async def _compare_with_space(self, files: Iterable[NewFile]) -> None:
        """Say of each file that the space has already which exhibit it is equal to."""
        for one in files:
            there = "" if one.problem else await self._desk.already_there(self._space, one.path)
            if there:
                self._change(one.path, problem=told(there), twice=True)

    def once_more(self, path: Path) -> None:
        """Let a file go though the space has its content."""
        self._change(path, problem="", twice=False, again=True)

    def _change(self, path: Path, **changes: Any) -> None:
        files = self.state.files
        self._list(tuple(replace(f, **changes) if f.path == path else f for f in files))

    def _list(self, files: tuple[NewFile, ...]) -> None:
        self._show(replace(self.state, files=files, total=totals.total(files, self._rate)))


def _begun(file: NewFile, before: Mapping[str, str]) -> NewFile:
    """A file with what can be stated of it already: its name as title, and what was said before."""
    if file.problem:
        return file
    title = file.stem.rpartition("/")[2].strip()[: BY_NAME["title"].limit].strip()
    return replace(file, facts=arranged({**before, "title": title, **dict(file.facts)}))


def _made(rows: Sequence[ListRow]) -> list[NewFile]:
    """Sizes and readability of files; runs in a worker thread."""
    return [_new(row) for row in rows]


def _new(row: ListRow) -> NewFile:
    path, facts = row.path, arranged(row.facts)
    stem, extension = words.extension(words.plain(row.facts.get("folder-path", path.name)))
    if row.problem and not row.line:
        return NewFile(path, stem, extension, "", "", told(row.problem))
    try:
        count = path.stat().st_size
        with path.open("rb"):
            problem = "" if path.is_file() else tr("Not a file.")
    except OSError as failure:
        reason = told(failure.strerror or "") or tr("unknown reason")
        return NewFile(
            path, stem, extension, "", "", tr("Cannot be read: {reason}.", reason=reason)
        )
    if count > MAX_FILE_BYTES:
        problem = tr("Larger than {limit}.", limit=words.size(MAX_FILE_BYTES))
    return NewFile(path, stem, extension, words.size(count), "", problem, facts, bytes=count)
