"""Exhibits: parts turned, exchanged, left out, repeated; and exhibits in somebody else's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jitclient.place import Place
from jitclient.sealing import Draft, compose
from jitclient.views import ExhibitRow, ExhibitState
from localstore import evidence
from protocol.api.files import AnnounceRequest
from protocol.content import ExhibitNotice
from protocol.ids import FileId
from protocol.limits import CHUNK_BYTES, MIB, PART_PLAIN_BYTES, TAG_BYTES
from sync.filecalls import FileCalls
from sync.line import Line
from sync.tls import pinned_context
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZE = 14 * MIB  # four parts, of which 1 and 2 are full and of one length
CHUNK = CHUNK_BYTES + TAG_BYTES


async def offered(team: HostileTeam, folder: Path, name: str) -> ExhibitRow:
    """An exhibit of Ana for Bruno, at the store."""
    source = evidence_file(folder, name, SIZE)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    now = await team["ana"].exhibit(team.space, row.file)
    assert now.state is ExhibitState.ON_SERVER
    assert SIZE > 3 * PART_PLAIN_BYTES
    return now


def sealed(team: HostileTeam, file: FileId, index: int) -> bytes:
    """A part as it was uploaded."""
    path = f"/files/{file.hex()}/parts/{index}"
    return next(e.request for e in team.hostile.seen if e.method == "PUT" and e.path.endswith(path))


Change = Callable[[HostileTeam, FileId, int, bytes], bytes]


def turned(at: int) -> Change:
    """One bit."""

    def change(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
        if index != 1 if at >= 0 else index != 0:
            return body
        changed = bytearray(body)
        changed[at if at >= 0 else at + 56] ^= 1
        return bytes(changed)

    return change


def exchanged(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """Part 1 for part 2 and part 2 for part 1."""
    return sealed(team, file, {1: 2, 2: 1}[index]) if index in {1, 2} else body


def chunks_exchanged(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """Two chunks of 16 KiB inside part 1."""
    return body[CHUNK : 2 * CHUNK] + body[:CHUNK] + body[2 * CHUNK :] if index == 1 else body


def repeated(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """Part 1 in the place of part 2 too."""
    return sealed(team, file, 1) if index == 2 else body


def cut(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """The last chunk of part 1 is missing."""
    return body[:-CHUNK] if index == 1 else body


def cut_last(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """The file ends one chunk early."""
    return body[:-CHUNK] if index == 3 else body


def emptied(team: HostileTeam, file: FileId, index: int, body: bytes) -> bytes:
    """Nothing in the place of part 2."""
    return b"" if index == 2 else body


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(turned(1000), id="a10-bit-in-a-chunk"),
        pytest.param(turned(CHUNK - 1), id="a10-bit-in-a-tag"),
        pytest.param(turned(-56), id="a10-bit-in-the-salt"),
        pytest.param(turned(-1), id="a10-bit-in-the-commitment"),
        pytest.param(exchanged, id="a11-parts-exchanged"),
        pytest.param(chunks_exchanged, id="a11-chunks-exchanged"),
        pytest.param(cut, id="a12-part-cut"),
        pytest.param(cut_last, id="a12-end-cut"),
        pytest.param(emptied, id="a12-part-emptied"),
        pytest.param(repeated, id="a13-part-repeated"),
    ],
)
async def test_an_altered_exhibit_is_never_released(
    team: HostileTeam, tmp_path: Path, change: Change, request: pytest.FixtureRequest
) -> None:
    name = f"{request.node.callspec.id}.img"
    row = await offered(team, tmp_path, name)

    def act(exchange: Exchange) -> bool:
        index = int(exchange.path.rpartition("/")[2])
        body = change(team, row.file, index, exchange.body)
        done, exchange.body = body != exchange.body, body
        return done

    await refused_and_then_whole(team, row, act)


async def test_a13_a_part_of_another_exhibit_is_not_taken(
    team: HostileTeam, tmp_path: Path
) -> None:
    other = await offered(team, tmp_path, "other.img")
    await team["bruno"].sync_now()
    row = await offered(team, tmp_path, "this.img")

    def act(exchange: Exchange) -> bool:
        if not re.search(f"{row.file.hex()}/parts/1$", exchange.path):
            return False
        exchange.body = sealed(team, other.file, 1)
        return True

    await refused_and_then_whole(team, row, act)


async def refused_and_then_whole(
    team: HostileTeam, row: ExhibitRow, act: Callable[[Exchange], bool]
) -> None:
    """Bruno does not get it from this store; from an honest one he does."""
    bruno = team["bruno"]
    deed = team.hostile.answers("GET", "/parts/[0-9]+$", act, to=team.device("bruno"))
    await bruno.sync_now()

    assert deed.count >= 1
    got = await bruno.exhibit(team.space, row.file)
    assert got.state is ExhibitState.CORRUPTED
    (alarm,) = await team.alarm_rows("bruno")
    assert alarm.code in {"part-corrupted", "forged"}
    assert row.name in alarm.sentence
    assert "Ana Lima" in alarm.sentence
    assert got.problem
    await team["ana"].sync_now()
    told = {r.name: r.at for r in (await team["ana"].exhibit(team.space, row.file)).recipients}
    assert told == {"Bruno Keller": None}

    team.hostile.behave()
    await bruno.resume(team.space, row.file)
    await bruno.sync_now()
    assert (await bruno.exhibit(team.space, row.file)).state is ExhibitState.VERIFIED


async def test_a12_a_part_the_store_will_not_give_leaves_nothing_released(
    team: HostileTeam, tmp_path: Path
) -> None:
    row = await offered(team, tmp_path, "withheld.img")

    def act(exchange: Exchange) -> bool:
        exchange.status, exchange.body, exchange.headers = 404, b"{}", {}
        return True

    deed = team.hostile.answers("GET", "/parts/3$", act, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    got = await team["bruno"].exhibit(team.space, row.file)
    assert got.state is ExhibitState.FAILED
    assert "store" in got.problem
    assert got.done < got.total


async def test_a14_an_exhibit_in_somebody_elses_name_is_refused(
    team: HostileTeam, tmp_path: Path
) -> None:
    """Bruno passes on what Eva signed for him, as if Eva had handed it to Ana."""
    source = evidence_file(tmp_path, "planted.img", 20_000)
    row = await team["eva"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle("eva", "bruno", rounds=1)

    def plant(at: Place) -> None:
        record = evidence.exhibit(at.sp, row.file)
        assert record is not None
        notice = ExhibitNotice(version=1, manifest=record.manifest, file_key=record.file_key)
        compose(at, Draft(content=notice, kind="exhibit", audience=(team.user("ana"),)))

    await team.act("bruno", plant)
    await team.settle("bruno", "ana", rounds=1)

    assert team.hostile.posted(team.device("bruno"))
    assert row.file not in {e.file for e in await team["ana"].exhibits(team.space)}
    await team.named("ana", "forged", "Bruno Keller")


async def test_a14_a_file_at_the_store_without_a_signed_manifest_is_nobodys(
    team: HostileTeam,
) -> None:
    """The store lists a file for Bruno; what is not in a message does not exist."""
    before = await team["bruno"].exhibits(team.space)
    request = AnnounceRequest(
        file=b"F" * 16, parts=1, sealed_bytes=56, recipients=(team.user("bruno"),)
    )
    one = team.session("ana").identity
    host, _, port = one.store_address.rpartition(":")
    line = Line(host, int(port), pinned_context(one.store_certificate))
    await FileCalls(line, team["ana"].api).announce(team.space, request)
    line.close()
    await team["bruno"].sync_now()

    assert any(e.method == "POST" and e.path.endswith("/files") for e in team.hostile.seen)
    assert await team["bruno"].exhibits(team.space) == before
