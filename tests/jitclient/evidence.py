"""What the tests of evidence share: a file, its key, journals and a vault folder."""

from __future__ import annotations

import functools
import hashlib
import random
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from crypto import merkle, partleaf
from crypto.filestream import FileShape, Opener, Sealer
from jitclient.evidence_io import (
    EvidenceReader,
    EvidenceSink,
    EvidenceSource,
    source_stat,
)
from protocol.ids import FileId, SpaceId
from protocol.limits import PART_PLAIN_BYTES
from protocol.manifest import Manifest
from sync.ports_transfer import SealedPart

SPACE, FILE = SpaceId(b"S" * 16), FileId(b"F" * 16)
SIZE = 3 * PART_PLAIN_BYTES + 123_456


class Journal:
    """Both journals, in memory."""

    def __init__(self) -> None:
        self.leaves: dict[int, bytes] = {}
        self.confirmed: set[int] = set()

    def leaf_of(self, index: int) -> bytes | None:
        return self.leaves.get(index)

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int] = ()) -> None:
        assert index not in self.leaves
        self.confirmed |= set(confirmed)
        self.leaves[index] = leaf

    def begin(self, stored: Collection[int]) -> None:
        self.confirmed |= set(stored)

    def kept(self) -> Collection[int]:
        return set(self.leaves)

    def have(self, index: int, leaf: bytes) -> None:
        self.leaves[index] = leaf

    def lost(self, index: int) -> None:
        del self.leaves[index]


@functools.cache
def _content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@dataclass
class Exhibit:
    """A file on disk and everything around it."""

    folder: Path
    size: int = SIZE
    key: bytes = bytes(range(32))
    salt: bytes = bytes(range(24))
    journal: Journal = field(default_factory=Journal)
    kept: Journal = field(default_factory=Journal)

    def __post_init__(self) -> None:
        self.content = _content(self.size)
        self.path.write_bytes(self.content)
        self.vault.mkdir()

    @property
    def path(self) -> Path:
        return self.folder / "report.bin"

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def shape(self) -> FileShape:
        return FileShape(self.size)

    def sealer(self) -> Sealer:
        return Sealer(self.key, SPACE, FILE, self.salt, self.shape)

    def opener(self) -> Opener:
        return Opener(self.key, SPACE, FILE, self.salt, self.sealer().commitment, self.shape)

    def source(self) -> EvidenceSource:
        return EvidenceSource(self.path, self.sealer(), self.journal, source_stat(self.path))

    def parts(self) -> list[bytes]:
        with self.source() as source:
            return [bytes(part.data) for part in drained(source)]

    def manifest(self, **changed: object) -> Manifest:
        parts = [partleaf.leaf(part) for part in self._sealed()]
        fields: dict[str, object] = {
            "version": 1,
            "file": FILE,
            "space": SPACE,
            "suite": 1,
            "name": "report.bin",
            "mime": "",
            "exhibit": "",
            "facts": (),
            "size": self.size,
            "padded": self.shape.padded,
            "parts": self.shape.parts,
            "salt": self.salt,
            "commitment": self.sealer().commitment,
            "root": merkle.root(parts),
            "sha256": hashlib.sha256(self.content).digest(),
            "log_seq": 0,
            "log_head": bytes(32),
            "claimed_at": 0,
        }
        return Manifest(**{**fields, **changed})  # type: ignore[arg-type]

    def sink(self, manifest: Manifest | None = None) -> EvidenceSink:
        return EvidenceSink(self.vault, self.opener(), manifest or self.manifest(), self.kept)

    def reader(self, manifest: Manifest | None = None) -> EvidenceReader:
        return EvidenceReader(self.vault, self.opener(), manifest or self.manifest())

    def receive(self) -> None:
        """Fill the vault."""
        sink = self.sink()
        for index, part in enumerate(self._sealed()):
            sink.store(index, memoryview(part))
        sink.finish()

    def _sealed(self) -> list[bytes]:
        sealer, shape = self.sealer(), self.shape
        spans = [shape.plain_range(i) for i in range(shape.parts)]
        return [
            bytes(sealer.seal_part(i, self.content[s.start : s.stop])) for i, s in enumerate(spans)
        ]


def drained(source: EvidenceSource) -> list[SealedPart]:
    """Every part, with its bytes copied out of the source's buffer."""
    found = []
    while (part := source.next()) is not None:
        found.append(SealedPart(part.index, memoryview(bytes(part.data)), part.leaf))
    return found


def in_threads(count: int, act: object) -> None:
    """Run `act(number)` in `count` threads; the first failure is raised."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            act(number)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
