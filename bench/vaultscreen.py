"""The first screen of an unlocked profile, and reading out of a large exhibit; see vault.py."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import time
from pathlib import Path
from typing import Final

from bench.reporting import floor, share
from crypto.filestream import FileShape, Opener, Sealer
from jitclient.evidence_io import EvidenceReader
from jitclient.queries import exhibits, timeline
from jitclient.queries import spaces as space_rows
from jitclient.session import Session
from localstore import connection
from localstore.connection import transaction
from localstore.messages import MessageRecord
from localstore.rows import names
from protocol.ids import FileId, SpaceId
from protocol.limits import MIB, PART_PLAIN_BYTES
from protocol.manifest import Manifest
from tests.jitclient.office import Office
from tests.localstore.samples import KEY

_RUNS: Final = 5
_READ: Final = 64 * 1024
_SPACE, _FILE = SpaceId(b"S" * 16), FileId(b"F" * 16)


def first_screen(folder: Path, filled: Path) -> float:
    """Seconds from an unlocked device.db to the rows of the window's first screen, median.

    The space is one that a person really opened; its messages are those of `filled`.
    """
    office = Office(folder / f"office-{filled.stem}")
    office.join("ana")
    space = office.open_space("ana")
    office.on("ana", _put_messages, space, filled)
    took = []
    for _ in range(_RUNS):
        office.stop("ana")
        session = office.reopen("ana")
        began = time.perf_counter()
        session.database.call(_screen, session, space)
        took.append(time.perf_counter() - began)
    office.close()
    return statistics.median(took)


def _put_messages(session: Session, space: SpaceId, filled: Path) -> None:
    """The messages out of another database, by way of SQLite itself."""
    sp = session.stores.space(space)
    key = KEY[:32].hex() + connection._salt(KEY).hex()
    sp.execute(f"ATTACH '{filled}' AS filled KEY \"x'{key}'\"")
    columns = ", ".join(names(MessageRecord))
    with transaction(sp):
        sp.execute(
            f"INSERT INTO message (position, {columns})"
            f" SELECT position + 1000, {columns} FROM filled.message"
        )
    sp.execute("DETACH filled")
    connection.checkpoint(sp)


def _screen(session: Session, space: SpaceId) -> None:
    space_rows.all_spaces(session)
    space_rows.one_space(session, space)
    assert len(timeline.conversation(session, space)) == 200
    exhibits.exhibits(session, space)


def ranges(folder: Path, *, quick: bool, limit: float) -> list[str]:
    """Random reads of 64 KiB out of a sealed exhibit, parts in the system's cache and not."""
    size = (64 if quick else 4096) * MIB
    reader = _sealed(folder / "parts", size)
    lines = []
    for cached in (True, False):
        took = sorted(_reads(reader, folder / "parts", size, cached=cached, count=500))
        where = "in the system's cache" if cached else "not in the system's cache"
        half = f"p50 {share(took, 0.5):.2f}"
        lines.append(
            floor(f"64 KiB of {size // MIB} MiB, {where}, {half}, p99 ms", share(took, 0.99), limit)
        )
    shutil.rmtree(folder / "parts")
    return lines


def _sealed(folder: Path, size: int) -> EvidenceReader:
    """An exhibit of zeros as a vault keeps it; its manifest has no true hashes."""
    folder.mkdir()
    shape = FileShape(size)
    sealer = Sealer(bytes(32), _SPACE, _FILE, bytes(24), shape)
    for index in range(shape.parts):
        (folder / str(index)).write_bytes(
            sealer.seal_part(index, bytes(len(shape.plain_range(index))))
        )
    opener = Opener(bytes(32), _SPACE, _FILE, bytes(24), sealer.commitment, shape)
    manifest = Manifest(
        version=1, file=_FILE, space=_SPACE, suite=1, name="disk.img", mime="", exhibit="",
        facts=(), size=size, padded=shape.padded, parts=shape.parts, salt=bytes(24),
        commitment=sealer.commitment, root=bytes(32), sha256=bytes(32), log_seq=0,
        log_head=bytes(32), claimed_at=0,
    )  # fmt: skip
    return EvidenceReader(folder, opener, manifest)


def _reads(
    reader: EvidenceReader, folder: Path, size: int, *, cached: bool, count: int
) -> list[float]:
    dice, took = random.Random(5), []
    for _ in range(count):
        start = dice.randrange(size - _READ)
        for part in {start // PART_PLAIN_BYTES, (start + _READ) // PART_PLAIN_BYTES}:
            _settle(folder / str(part), cached=cached)
        began = time.perf_counter()
        read = reader.read_range(start, start + _READ)
        took.append(1000 * (time.perf_counter() - began))
        assert len(read) == _READ
    return took


def _settle(path: Path, *, cached: bool) -> None:
    """Let the system have a part in its cache, or not."""
    if cached:
        path.read_bytes()
    elif path.exists():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
