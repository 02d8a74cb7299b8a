"""Standard input: sealed as it comes, sent from there however often, and wiped afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.spool import SpoolCipher, plain_length
from jitclient import interventions, spool
from jitclient.errors import AcquisitionDiffersError, DuplicateError
from jitclient.session import Session
from jitclient.spool import BLOCK_BYTES, SpoolFile, take_in
from jitclient.usecases.add_stream import NewStream, add_stream
from localstore import evidence
from localstore import spool as keys
from localstore.connection import transaction
from protocol.errors import BadInputError, NoInputError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office

KEY, SPACE, FILE = b"k" * 32, SpaceId(b"s" * 16), FileId(b"f" * 16)
MARK = b"MARKER-OF-CONTENT"


@pytest.fixture(name="space")
def _space(office: Office) -> SpaceId:
    office.join("ana", "bruno")
    return office.open_space("ana", "bruno")


def add(office: Office, space: SpaceId, content: bytes, **words: object) -> FileId:
    new = NewStream(stream=io.BytesIO(content), name="dump.bin", **words)  # type: ignore[arg-type]
    to = (office.people["bruno"].user,)
    return asyncio.run(add_stream(office.sessions["ana"], space, new, to=to))


def spooled(office: Office, space: SpaceId) -> list[Path]:
    folder = spool.spool_folder(office.sessions["ana"].profile, space)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def in_space(office: Office, space: SpaceId, act: Callable[..., None], *args: object) -> None:
    def run(session: Session) -> None:
        sp = session.stores.space(space)
        with transaction(sp):
            act(sp, *args)

    office.on("ana", run)


@pytest.mark.parametrize(
    "size", [0, 1, 16_384, 16_385, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES]
)
def test_what_came_in_is_read_from_any_place(tmp_path: Path, size: int) -> None:
    content = hashlib.shake_256(b"x").digest(size)
    cipher, path = SpoolCipher(KEY, SPACE, FILE), tmp_path / "spool" / "one"

    came = take_in(io.BytesIO(content), path, cipher, {"sha256", "md5"}, lambda _: None)

    assert came.stat.size == size == plain_length(path.stat().st_size)
    assert came.digests["sha256"] == hashlib.sha256(content).digest()
    file = SpoolFile(path, cipher)
    assert file.states() == (came.stat, came.stat)
    for start in {0, 1, 16_383, 16_384, BLOCK_BYTES - 5, BLOCK_BYTES, max(0, size - 3), size}:
        view = memoryview(bytearray(5000))
        count = file.read_into(start, view)
        assert bytes(view[:count]) == content[start : start + count]
        assert (count > 0) is (start < size)
    file.close()


def test_a_pipe_that_gives_little_at_a_time_is_taken_in_whole(tmp_path: Path) -> None:
    class Trickle(io.RawIOBase):
        left = 3 * 16_384 + 5

        def read(self, size: int = -1) -> bytes:
            count = min(self.left, 1000, size)
            self.left -= count
            return b"x" * count

    cipher = SpoolCipher(KEY, SPACE, FILE)

    came = take_in(Trickle(), tmp_path / "a" / "b", cipher, {"sha256"}, lambda _: None)  # type: ignore[arg-type]

    assert came.stat.size == 3 * 16_384 + 5


def test_memory_does_not_grow_with_what_comes_in(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        left = 40 * BLOCK_BYTES

        def read(self, size: int = -1) -> bytes:
            count = min(self.left, size)
            self.left -= count
            return bytes(count)

    tracemalloc.start()
    cipher = SpoolCipher(KEY, SPACE, FILE)
    take_in(Endless(), tmp_path / "a" / "b", cipher, {"sha256"}, lambda _: None)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * BLOCK_BYTES


def test_nothing_of_it_lies_open_and_what_was_altered_is_not_read(tmp_path: Path) -> None:
    cipher, path = SpoolCipher(KEY, SPACE, FILE), tmp_path / "a" / "b"
    take_in(io.BytesIO(MARK * 5000), path, cipher, {"sha256"}, lambda _: None)

    data = bytearray(path.read_bytes())
    assert MARK not in data
    data[20_000] ^= 1
    path.write_bytes(data)

    with pytest.raises(NoInputError, match="damaged"):
        SpoolFile(path, cipher).read_into(16_400, memoryview(bytearray(10)))


def test_it_becomes_an_exhibit_with_its_size_and_its_key_on_record(
    office: Office, space: SpaceId
) -> None:
    file = add(office, space, MARK, number="E-1")

    record = office.on("ana", lambda s: evidence.exhibit(s.stores.space(space), file))
    assert record is not None
    assert (record.name, record.size, record.state) == ("dump.bin", len(MARK), "sealing")
    (path,) = spooled(office, space)
    assert str(path) == record.source
    opened = office.on("ana", spool.opening, space, file)
    assert opened is not None
    view = memoryview(bytearray(100))
    assert bytes(view[: opened(path).read_into(0, view)]) == MARK


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"facts": {"acquired-md5": "0" * 32}}, AcquisitionDiffersError),
        ({"facts": {"country": "Spain"}}, BadInputError),
    ],
)
def test_what_is_refused_leaves_nothing(
    office: Office, space: SpaceId, words: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(office, space, MARK, **words)

    assert spooled(office, space) == []
    assert office.on("ana", lambda s: evidence.exhibits(s.stores.space(space))) == []
    assert office.on("ana", lambda s: keys.kept(s.stores.space(space))) == set()


def test_the_same_once_more_is_a_duplicate(office: Office, space: SpaceId) -> None:
    add(office, space, MARK)

    with pytest.raises(DuplicateError, match=r"dump\.bin"):
        add(office, space, MARK)
    assert len(spooled(office, space)) == 1
    add(office, space, MARK, again=True)


@pytest.mark.parametrize("state", ["on-server", "cancelled", "withdrawn", "erased"])
def test_when_it_is_over_the_key_goes_and_then_the_file(
    office: Office, space: SpaceId, state: str
) -> None:
    file = add(office, space, MARK)
    in_space(office, space, lambda sp: evidence.update_exhibit(sp, file, state=state))

    office.on("ana", spool.sweep, space)

    assert spooled(office, space) == []
    assert office.on("ana", spool.opening, space, file) is None


@pytest.mark.parametrize("state", ["sealing", "uploading", "paused", "failed"])
def test_what_is_still_to_be_sent_stays(office: Office, space: SpaceId, state: str) -> None:
    file = add(office, space, MARK)
    in_space(office, space, lambda sp: evidence.update_exhibit(sp, file, state=state))

    office.on("ana", spool.sweep, space)

    assert len(spooled(office, space)) == 1


def test_what_a_killed_process_left_is_removed_and_what_comes_in_now_is_not(
    office: Office, space: SpaceId
) -> None:
    session = office.sessions["ana"]
    left, coming = (spool.spool_file(session.profile, space, bytes([n]) * 16) for n in (1, 2))
    left.parent.mkdir()
    left.write_bytes(b"noise")
    coming.write_bytes(b"half of it")
    session.spooling.add(bytes([2]) * 16)

    office.on("ana", spool.sweep, space)

    assert spooled(office, space) == [coming]


def test_one_that_changed_is_not_begun_anew_under_another_key(
    office: Office, space: SpaceId
) -> None:
    file = add(office, space, MARK)
    problem = interventions.CHANGED + "x"
    in_space(
        office, space, lambda sp: evidence.update_exhibit(sp, file, state="failed", problem=problem)
    )

    with pytest.raises(Exception, match="standard input"):
        office.on("ana", interventions.make_due, space, file)
