"""Who reads again only the exhibits that are named as changed knows what who reads all knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.desk import Desk
from jitclient.events import Event, ExhibitsChanged
from jitclient.grouping import TOGETHER_FROM
from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow, ExhibitState
from protocol.ids import FileId, SpaceId
from tests.support.people_at_work import Team, evidence_file

pytestmark = pytest.mark.asyncio


class Follower:
    """Keeps the rows of a space by what is told."""

    def __init__(self, desk: Desk, space: SpaceId) -> None:
        self._desk, self._space = desk, space
        self._named: set[FileId] = set()
        self.whole = 0
        self.rows: dict[FileId, ExhibitRow] = {}
        desk.events.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, ExhibitsChanged) and event.space == self._space:
            self.whole += event.files is None
            self._named |= event.files or set()

    async def follows(self) -> bool:
        """Read what was named; whether nothing else changed."""
        every: dict[FileId, ExhibitRow] = {}
        while self._named or not every:  # more may be named while it is read
            named, self._named = self._named, set()
            read = await self._desk.talking.exhibits(self._space, named)
            self.rows |= {row.file: row for row in read}
            every = {row.file: row for row in await self._desk.exhibits(self._space)}
        return self.rows == every


async def test_every_exhibit_that_changed_is_named(team: Team, tmp_path: Path) -> None:
    ana, bruno, space = team["ana"], team["bruno"], team.space
    here, there = Follower(ana, space), Follower(bruno, space)
    rows = []
    for number in range(TOGETHER_FROM + 3):
        source = evidence_file(tmp_path / "source", f"{number}.txt", 800 + number)
        rows.append(await ana.add_evidence(space, source, to=[team.user("bruno")]))
    assert await here.follows()
    (tmp_path / "source" / "1.txt").write_bytes(b"another")
    await ana.cancel(space, rows[2].file)
    await ana.pause(space, rows[3].file)
    assert await here.follows()
    await team.settle("ana", "bruno", rounds=2)
    assert await here.follows()
    assert await there.follows()

    await ana.resume(space, rows[1].file)  # another content: another exhibit
    assert await here.follows()
    await ana.resume(space, rows[3].file)
    await ana.cancel(space, rows[0].file, "Not of this case.")  # it is at the store
    await team.settle("ana", "bruno", rounds=2)
    assert await here.follows()
    assert await there.follows()

    got = rows[4].file
    await bruno.reviewing.mark(space, got, ReviewState.FLAGGED)
    assert await there.follows()
    await bruno.reviewing.tag(space, got, add=("phone",))
    assert await there.follows()
    await bruno.reviewing.note(space, got, "Look at page 3.")
    assert await there.follows()
    await bruno.export(space, got, tmp_path / "out.txt")
    await team.settle("bruno", "ana", rounds=1)
    assert await here.follows()
    assert await there.follows()
    states = {row.state for row in there.rows.values()}
    assert states == {ExhibitState.VERIFIED}
    assert there.rows[got].tags == ("phone",)
    assert (here.whole, there.whole) == (0, 0)
