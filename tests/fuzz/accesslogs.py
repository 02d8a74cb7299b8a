"""Targets of the access log: its signed head, and an export as a supervisor is handed one."""

from __future__ import annotations

import hashlib
import io

import msgspec

from centralstore import logverify
from crypto import checkpoint, merkle
from crypto.signatures import StoreKey, sign_store
from protocol import codec, logexport
from protocol.accesslog import AccessRow, LogSeal
from tests.fuzz.mutate import Form
from tests.fuzz.target import Target


def notes() -> list[Target]:
    """A checkpoint of the access log: what is accepted is spelled in one way."""
    key = StoreKey(bytes(range(32)))

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        assert checkpoint.sign(key, checkpoint.verify(text, key.public)) == text

    def seeds() -> list[bytes]:
        heads = [checkpoint.Checkpoint(size, bytes([size % 256]) * 32) for size in (0, 1, 2**40)]
        return [checkpoint.sign(key, head).encode() for head in heads]

    def export(data: bytes) -> None:
        found = logverify.verify(io.BytesIO(data), key.public)
        assert found.rows <= data.count(b"\n")

    def exports() -> list[bytes]:
        return [_export(key, count) for count in (1, 3)]

    return [
        Target(name="note-checkpoint", read=read, seeds=seeds, form=Form.TEXT, limit=1_000),
        Target(name="log-export", read=export, seeds=exports, form=Form.TEXT, limit=20_000),
    ]


def _export(key: StoreKey, count: int) -> bytes:
    """A true export of `count` rows."""
    row = AccessRow(
        version=1,
        number=0,
        at="2026-11-27T10:00:00.000000+00:00",
        user=b"u" * 16,
        device=b"",
        operation="x",
        space=b"",
        subject=b"",
        result="ok",
        seal=b"",
    )
    rows = [msgspec.structs.replace(row, number=number) for number in range(count)]
    leaves = [merkle.leaf(codec.encode(row)) for row in rows]
    head = logexport.ExportHead(
        schema=logexport.SCHEMA,
        space="",
        since=row.at,
        until=row.at,
        requester="r",
        reason="w",
        exported_by="",
        exporter="o",
        exported_at=row.at,
        checkpoint=checkpoint.sign(key, checkpoint.Checkpoint(count, merkle.root(leaves))),
        seen=(),
    )
    lines: list[msgspec.Struct] = [head]
    for leaf, one in enumerate(rows):
        lines.append(logexport.line_of(one, leaf, merkle.proof(leaves, leaf)))
    body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    seal = LogSeal(version=1, digest=hashlib.sha256(body).digest(), rows=count, sealed_at=0)
    end = logexport.ExportEnd(seal=sign_store(key, seal))
    return body + msgspec.json.encode(end) + b"\n"
