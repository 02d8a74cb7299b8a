"""One measured transfer in its own process: the product's client code, nothing else.

    python -m bench.client SPEC.json

Reads what to do from a file, prints one line of JSON: wall seconds of the transfer, CPU seconds
and peak memory of this process, and what the exhibit turned out to be.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from crypto import signatures
from crypto.filestream import FileShape, Opener, Sealer
from crypto.signatures import SigningKey
from jitclient.evidence_io import EvidenceSink, EvidenceSource, source_stat
from localstore import chunks
from localstore.connection import open_database, transaction
from localstore.executor import Database
from protocol.ids import FileId, SpaceId
from protocol.manifest import Manifest
from protocol.receipts import Login
from sync.api import StoreApi
from sync.line import Line
from sync.terms import Terms
from sync.tls import pinned_context
from sync.transfers import DownloadJob, UploadJob, download, upload
from sync.transport import Transport


class Journal:
    """The product's journal: one encrypted database, one transaction per entry."""

    def __init__(self, database: Database, folder: Path, file: FileId) -> None:
        self._database, self._file = database, file
        self._conn = database.call(
            lambda: open_database(folder / "space.db", bytes(64), migrations="space")
        )

    def leaf_of(self, index: int) -> bytes | None:
        return self._database.call(chunks.leaf, self._conn, self._file, index)

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int]) -> None:
        self._write(chunks.record_leaf, index, leaf, confirmed)

    def begin(self, stored: Collection[int]) -> None:
        def act() -> None:
            with transaction(self._conn):
                chunks.mark_all_sent(self._conn, self._file, stored)

        if stored:
            self._database.call(act)

    def kept(self) -> Collection[int]:
        return self._database.call(chunks.have, self._conn, self._file)

    def have(self, index: int, leaf: bytes) -> None:
        self._write(chunks.mark_have, index, leaf)

    def lost(self, index: int) -> None:
        self._write(chunks.mark_lost, index)

    def close(self) -> None:
        self._database.call(self._conn.close)

    def _write(self, function: Any, *values: object) -> None:
        def act() -> None:
            with transaction(self._conn):
                function(self._conn, self._file, *values)

        self._database.call(act)


async def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Perform the transfer of `spec` and measure it."""
    host, _, port = spec["address"].rpartition(":")
    pin, device = bytes.fromhex(spec["pin"]), bytes.fromhex(spec["device"])
    key = SigningKey.load(bytes.fromhex(spec["signing"]))

    def sign_in(nonce: bytes, certificate: bytes) -> bytes:
        login = Login(version=1, device=device, nonce=nonce, certificate=certificate)
        return signatures.sign(key, device, login)

    line = Line(host, int(port), pinned_context(pin))
    terms = Terms(
        clock=time.monotonic,
        jitter=random.random,
        lanes=spec["lanes"],
        patience=spec.get("patience", 0),
    )
    database = Database()
    folder = Path(spec["folder"])
    journal = Journal(database, folder, FileId(bytes.fromhex(spec["file"])))
    act = _send if spec["what"] == "upload" else _fetch
    try:
        async with Transport(spec["address"], pin, timeout=30.0) as transport:
            api = StoreApi(transport, sign_in)
            await api.sign_in()
            return await act(spec, api, line, terms, journal)
    finally:
        journal.close()
        database.close()


async def _send(
    spec: dict[str, Any], api: StoreApi, line: Line, terms: Terms, journal: Journal
) -> dict[str, Any]:
    space, file = SpaceId(bytes.fromhex(spec["space"])), FileId(bytes.fromhex(spec["file"]))
    path = Path(spec["source"])
    began = time.perf_counter()
    expected = source_stat(path)
    shape = FileShape(expected.size)
    salt = bytes.fromhex(spec["salt"])
    sealer = Sealer(bytes.fromhex(spec["key"]), space, file, salt, shape)
    with EvidenceSource(path, sealer, journal, expected) as source:
        job = UploadJob(
            space=space,
            file=file,
            parts=shape.parts,
            sealed_bytes=shape.sealed_bytes,
            recipients=tuple(map(bytes.fromhex, spec["to"])),
        )
        await upload(job, source, store=api, line=line, terms=terms)
        wall = time.perf_counter() - began
        digests = {"root": source.root().hex(), "sha256": source.sha256().hex()}
    return {"wall": wall, "commitment": sealer.commitment.hex(), **digests}


async def _fetch(
    spec: dict[str, Any], api: StoreApi, line: Line, terms: Terms, journal: Journal
) -> dict[str, Any]:
    space, file = SpaceId(bytes.fromhex(spec["space"])), FileId(bytes.fromhex(spec["file"]))
    shape = FileShape(spec["size"])
    names = ("salt", "commitment", "root", "sha256")
    salt, commitment, root, sha256 = (bytes.fromhex(spec[name]) for name in names)
    manifest = Manifest(
        version=1,
        file=file,
        space=space,
        suite=1,
        name="bench",
        mime="",
        exhibit="",
        facts=(),
        size=shape.size,
        padded=shape.padded,
        parts=shape.parts,
        salt=salt,
        commitment=commitment,
        root=root,
        sha256=sha256,
        log_seq=0,
        log_head=bytes(32),
        claimed_at=0,
    )
    vault = Path(spec["folder"]) / "parts"
    vault.mkdir()
    began = time.perf_counter()
    opener = Opener(bytes.fromhex(spec["key"]), space, file, salt, commitment, shape)
    sink = EvidenceSink(vault, opener, manifest, journal)
    job = DownloadJob(space=space, file=file, parts=shape.parts, part_bytes=shape.sealed_len(0))
    await download(job, sink, store=api, line=line, terms=terms)
    return {"wall": time.perf_counter() - began}


def main() -> None:
    """Run one transfer and print what it cost."""
    spec = json.loads(Path(sys.argv[1]).read_text())
    found = asyncio.run(run(spec))
    used = resource.getrusage(resource.RUSAGE_SELF)
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    found |= {"cpu": used.ru_utime + used.ru_stime, "peak": int(peak.split()[1]) / 1024}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
