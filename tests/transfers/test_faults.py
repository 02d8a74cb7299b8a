"""Faults around transfers, really caused: what fails alone, what is left, and what goes on.

docs/FAULTS.md says which fault of the list is held by which test.
"""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.spool import SpoolCipher
from jitclient import spool
from jitclient.foundation.clock import Clock, SystemClock
from jitclient.spool import take_in
from jitclient.usecases.add_stream import NewStream
from jitclient.views import ExhibitState
from protocol.errors import DiskError
from protocol.ids import FileId, SpaceId
from tests.support.commands import STATED, Launcher, Shell
from tests.support.later import Later
from tests.support.people_at_work import (
    PASSPHRASE,
    Team,
    at_work,
    evidence_file,
    make_template,
)
from tests.transfers.restarts import again_and_again

resource = pytest.importorskip("resource", reason="no limits of a process here")

MIB = 1 << 20
RESTARTS = 30


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(make_template(folder))
    return folder


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 256 KiB: a disk that is full for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_f03_what_comes_in_and_finds_no_room_leaves_nothing_and_goes_when_there_is(
    tmp_path: Path,
) -> None:
    cipher = SpoolCipher(b"k" * 32, SpaceId(b"s" * 16), FileId(b"f" * 16))
    path = tmp_path / "spool" / "one"

    with pytest.raises(DiskError):
        take_in(io.BytesIO(bytes(3 * MIB)), path, cipher, {"sha256"}, lambda _: None)
    assert list(path.parent.iterdir()) == []

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    came = take_in(io.BytesIO(bytes(3 * MIB)), path, cipher, {"sha256"}, lambda _: None)
    assert came.stat.size == 3 * MIB


async def _gone(template: Path, folder: Path) -> None:
    async with at_work(template, folder / "team", "ana", "bruno") as team:
        ana, to = team["ana"], [team.user("bruno")]
        stick = evidence_file(folder / "stick", "pulled.img", 5 * MIB)
        other = evidence_file(folder / "disk", "stays.img", 5 * MIB)
        pulled = await ana.add_evidence(team.space, stick, to=to)
        stays = await ana.add_evidence(team.space, other, to=to)
        stick.parent.rename(folder / "away")

        await ana.sync_now()

        row = await ana.exhibit(team.space, pulled.file)
        assert row.state is ExhibitState.FAILED
        assert "cannot be read" in row.problem
        assert (await ana.exhibit(team.space, stays.file)).state is ExhibitState.ON_SERVER
        (folder / "away").rename(stick.parent)
        await ana.resume(team.space, pulled.file)
        await ana.sync_now()
        assert (await ana.exhibit(team.space, pulled.file)).state is ExhibitState.ON_SERVER
        await team["bruno"].sync_now()
        assert (await team.exhibit("bruno", "pulled.img")).state is ExhibitState.VERIFIED


@pytest.mark.slow
def test_f18_a_drive_that_is_pulled_stops_its_own_file_only_until_it_is_back(
    template: Path, tmp_path: Path
) -> None:
    asyncio.run(_gone(template, tmp_path))


async def _closed(template: Path, folder: Path) -> None:
    async with at_work(template, folder / "team", "ana", "bruno") as team:
        ana = team["ana"]
        new = NewStream(stream=io.BytesIO(b"MARKER-OF-CONTENT" * 9000), name="dump.bin")
        await ana.add_stream(team.space, new, to=[team.user("bruno")])
        kept = spool.spool_folder(ana._session.profile, team.space)
        assert len(list(kept.iterdir())) == 1

        await ana.close_space(team.space, "over")
        await ana.sync_now()

        assert not (team.profile("ana") / "spaces" / team.space.hex()).exists()
        (mine,) = [one for one in await ana.wipes(team.space) if one.name == "Ana Lima"]
        assert "spool" not in mine.remaining
        for path in team.profile("ana").rglob("*"):
            assert not path.is_file() or b"MARKER-OF-CONTENT" not in path.read_bytes()


@pytest.mark.slow
def test_f23_a_space_that_closes_takes_with_it_what_came_in_and_was_not_sent(
    template: Path, tmp_path: Path
) -> None:
    asyncio.run(_closed(template, tmp_path))


async def _in_use(template: Path, folder: Path) -> None:
    async with at_work(template, folder / "team", "ana", "bruno") as team:
        await asyncio.to_thread(_beside, team, folder)
        limits = team["ana"]._link.transfers.up
        limits.piece(MIB)
        assert limits.rate == 2 * MIB, "the process that has the profile took it up"


def _beside(team: Team, folder: Path) -> None:
    passphrase = folder / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\n")
    source = evidence_file(folder / "source", "disk.img", 1000)
    launcher = Launcher(folder)
    try:
        locked_out = Shell(team.profile("ana"), passphrase, None)
        space = team.space.hex()
        refused = locked_out("evidence", "add", space, source, "--to", "Bruno", *STATED, code=75)
        assert refused.error == "profile-in-use"
        assert locked_out.do("evidence", "limit", "2M", "--up")["limits"]["up"] == 2 * MIB
    finally:
        launcher.close()


@pytest.mark.slow
def test_f13_a_second_process_adds_nothing_and_may_bound_the_first(
    template: Path, tmp_path: Path
) -> None:
    asyncio.run(_in_use(template, tmp_path))


@pytest.mark.slow
def test_f28_restarts_in_a_row_leave_no_growing_logs_and_lose_no_order(
    template: Path, tmp_path: Path
) -> None:
    seen = asyncio.run(again_and_again(template, tmp_path, RESTARTS))

    assert len(seen.sizes) == RESTARTS
    assert seen.sound, seen


class Erratic(SystemClock):
    """A clock that is wrong by up to a day, differently each time it is read."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def now(self) -> int:
        """Whole seconds since 1970-01-01 UTC, give or take."""
        return super().now() + self._dice.choice((-86_400, -3_600, -300, 0, 300, 3_600, 86_400))


async def _wrong_clocks(template: Path, folder: Path, clock: Clock) -> None:
    async with at_work(template, folder / "team", "ana", "bruno", clock=clock) as team:
        ana, bruno, to = team["ana"], team["bruno"], [team.user("bruno")]
        written = []
        for number in range(6):
            await team["bruno" if number % 2 else "ana"].send(team.space, f"message {number}")
            written.append(f"message {number}")
            if number == 2:
                source = evidence_file(folder / "disk", "clock.img", 9 * MIB)
                await ana.add_evidence(team.space, source, to=to)
            await team.settle("ana", "bruno", rounds=1)
        await team.settle("ana", "bruno")

        said = [
            [row.text for row in await desk.messages(team.space) if row.text in written]
            for desk in (ana, bruno)
        ]
        assert said[0] == said[1]
        assert sorted(said[0]) == sorted(written)
        for parity in (0, 1):  # what one person wrote stands in the order of writing
            own = [text for text in said[0] if int(text[-1]) % 2 == parity]
            assert own == sorted(own)
        assert (await team.exhibit("bruno", "clock.img")).state is ExhibitState.VERIFIED
        told = [row for desk in (ana, bruno) for row in (await desk.status()).alarms]
        assert not [row.code for row in told if not row.notice]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_f08_clocks_that_leap_at_every_look_lose_nothing_and_change_no_order(
    template: Path, tmp_path: Path, seed: int
) -> None:
    asyncio.run(_wrong_clocks(template, tmp_path, Erratic(seed)))


@pytest.mark.slow
def test_f08_after_2038_everything_goes_on(template: Path, tmp_path: Path) -> None:
    clock = Later()
    clock.passed = 15 * 366 * 86_400

    asyncio.run(_wrong_clocks(template, tmp_path, clock))
