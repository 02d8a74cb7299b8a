"""`evidence add`: files, folders, a list, or what comes in; one that cannot go stops no other."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from jitclient.cli import resolve, shapes
from jitclient.cli.carrying import carry
from jitclient.cli.facts import comparing, given_once, items_of, listed
from jitclient.cli.output import Output, size
from jitclient.cli.stating import Stating, demand, judged, stating
from jitclient.cli.tables import exhibit_lines
from jitclient.desk import Desk
from jitclient.errors import DuplicateError
from jitclient.folders import Unfit, walk
from jitclient.foundation.text import visible
from jitclient.usecases.add_stream import NewStream
from jitclient.views import ExhibitState, ListRow
from protocol.errors import (
    EXIT_BAD_DATA,
    EXIT_FAILURE,
    EXIT_PARTLY,
    EXIT_UNREACHABLE,
    BadInputError,
    JitError,
    NoInputError,
    UsageError,
)
from protocol.ids import FileId, SpaceId, UserId

STDIN: Final = Path("-")
AT_ONCE: Final = 256
"""So many paths are looked up before they are registered, and rows shown: not all of a tree."""
TRAVELLING: Final = frozenset({ExhibitState.SEALING, ExhibitState.UPLOADING})
BROKEN: Final = frozenset({ExhibitState.FAILED, ExhibitState.CORRUPTED})


@dataclass(slots=True)
class _Adding:
    """One `evidence add` under way: to whom, and what came of it so far."""

    desk: Desk
    out: Output
    space: SpaceId
    to: list[UserId]
    again: bool
    alone: bool  # the one thing that was given: its failure is the command's
    added: list[FileId] = field(default_factory=list)
    refused: list[shapes.Shape] = field(default_factory=list)
    failures: int = 0
    first: JitError | None = None

    async def take(self, one: ListRow) -> None:
        """Register a file; what is wrong with it is told, and the next one goes."""
        try:
            row = await self.desk.add_evidence(
                self.space,
                one.path,
                to=self.to,
                exhibit=one.number,
                facts=one.facts,
                tell=comparing(self.out),
                again=self.again,
            )
            self.added.append(row.file)
        except JitError as error:
            if self.alone:
                raise _hinted(error) from error
            self.refuse(one.path, _hinted(error))
        finally:
            self.out.end_progress()

    async def take_stream(self, one: ListRow) -> None:
        """Register what comes in on standard input."""
        new = NewStream(
            stream=sys.stdin.buffer,
            name=str(one.path),
            number=one.number,
            facts=one.facts,
            again=self.again,
        )

        def tell(done: int) -> None:
            self.out.progress(f"{size(done)} came in")

        try:
            row = await self.desk.add_stream(self.space, new, to=self.to, tell=tell)
        except DuplicateError as error:
            raise _hinted(error) from error
        finally:
            self.out.end_progress()
        self.added.append(row.file)

    def refuse(self, path: Path, error: JitError) -> None:
        """Say that one does not go."""
        self.failures += 1
        self.first = self.first or error
        path_shown = visible(str(path))
        self.out.error(f"{path_shown}: {error.sentence}", error.reason)
        self.refused.append({"id": path_shown, "code": error.reason, "sentence": error.sentence})


def _hinted(error: JitError) -> JitError:
    if not isinstance(error, DuplicateError):
        return error
    return DuplicateError(f"{error.sentence} With --again it is handed over once more.")


async def add(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence add SPACE (PATH... | --list CSV [--preview]) --to USER... [--FACT VALUE]...`."""
    space = await resolve.space(desk, args.space)
    streamed = not (args.list or args.report or args.hash or args.preview)
    coming = _comes_in(args)
    state = stating(args)
    items = [] if streamed and args.paths else await _whole_list(desk, args, out)
    items = [judged(state(one)) if args.list else state(one) for one in items]
    to: list[UserId] = [await resolve.member(desk, space, given) for given in args.to]
    if args.preview:
        wrong = any(one.problem for one in items)
        out.result({"rows": [shapes.list_row(one) for one in items]}, listed(items))
        return EXIT_BAD_DATA if wrong else 0
    _refuse_wrong_rows(items, out)
    alone = len(items) == 1 or (len(args.paths) == 1 and not args.paths[0].is_dir())
    adding = _Adding(desk, out, space, to, args.again, alone)
    given = await _given(desk, args, items, state)
    if coming:
        row = items[0] if items else state(_row(Path(args.name), "", args, given))
        await adding.take_stream(row)
    elif items:
        for one in items:
            await adding.take(one)
    else:
        await _stream(adding, args, state, given)
    if not adding.added and adding.first is not None:
        raise adding.first
    online = not adding.added or await carry(desk, out)
    return await _told(adding, online)


def _comes_in(args: argparse.Namespace) -> bool:
    """Whether standard input is what is handed over.

    Raises:
        UsageError: with something else beside it, or without a name.
    """
    coming = STDIN in args.paths
    if coming and (len(args.paths) > 1 or not args.name):
        raise UsageError("Standard input (-) goes by itself, and needs --name.")
    if args.name and not coming:
        raise UsageError("--name is for standard input (-); a file has its own.")
    return coming


async def _whole_list(desk: Desk, args: argparse.Namespace, out: Output) -> list[ListRow]:
    """Every file with its facts, where they are judged together; folders are looked through."""
    found: list[ListRow] = []
    if STDIN in args.paths:
        return await items_of(desk, args, out, [_row(Path(args.name), "", args, {})])
    for given in args.paths:
        for one in await asyncio.to_thread(lambda path: list(walk(path)), given):
            if isinstance(one, Unfit):
                raise BadInputError(f"{visible(str(one.path))}: {one.reason}")
            found.append(_row(one.path, one.inside, args, {}))
    return await items_of(desk, args, out, found)


def _refuse_wrong_rows(items: list[ListRow], out: Output) -> None:
    wrong = [one for one in items if one.problem]
    for one in wrong:
        out.error(f"Line {one.line}, {visible(one.path.name)}: {one.problem}", "bad-input")
    if wrong:
        raise BadInputError(
            f"{len(wrong)} of {len(items)} rows cannot go. Nothing was handed over."
        )


async def _given(
    desk: Desk, args: argparse.Namespace, items: list[ListRow], state: Stating
) -> dict[str, str]:
    """What is stated of every file; refused where that is not everything that must be."""
    given = await given_once(desk, args)
    if not items:
        demand(state.number, {"title": "-" if state.titled else "", **given})
    elif not args.list:
        demand(items[0].number, items[0].facts)
    return given


async def _stream(
    adding: _Adding, args: argparse.Namespace, state: Stating, given: dict[str, str]
) -> None:
    """Files as they are found, some at a time."""
    for path in args.paths:
        found = walk(path)
        while some := await asyncio.to_thread(lambda it: list(islice(it, AT_ONCE)), found):
            for one in some:
                if isinstance(one, Unfit):
                    adding.refuse(one.path, NoInputError(one.reason))
                else:
                    await adding.take(state(_row(one.path, one.inside, args, given)))


def _row(path: Path, inside: str, args: argparse.Namespace, given: dict[str, str]) -> ListRow:
    facts = {**given, "folder-path": inside} if inside else given
    return ListRow(line=0, path=path, number=args.exhibit, facts=facts, problem="")


async def _told(adding: _Adding, online: bool) -> int:
    """What became of them, some rows at a time, and the exit status."""
    count = {"broken": 0, "travelling": 0}

    async def rows() -> AsyncIterator[tuple[list[shapes.Shape], list[str]]]:
        for some in _pieces(adding.added):
            found = [await adding.desk.exhibit(adding.space, file) for file in some]
            count["broken"] += sum(one.state in BROKEN for one in found)
            count["travelling"] += sum(one.state in TRAVELLING for one in found)
            yield [shapes.exhibit(one) for one in found], exhibit_lines(found)

    await adding.out.stream("exhibits", rows(), {"refused": adding.refused})
    if not adding.added or count["broken"] == len(adding.added):
        return EXIT_FAILURE
    if adding.failures or count["broken"]:
        return EXIT_PARTLY
    return EXIT_UNREACHABLE if count["travelling"] and not online else 0


def _pieces(files: list[FileId]) -> Iterator[list[FileId]]:
    return (files[at : at + AT_ONCE] for at in range(0, len(files), AT_ONCE))
