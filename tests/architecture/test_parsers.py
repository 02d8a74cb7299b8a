"""Bytes from outside are read in few places, and every field they fill has a bound (I34).

Two laws. Who calls a decoder is on a list with the reason; a new caller must come here first. And
every field of every record and message bounds its length, its count or its range, so that nothing
is allocated, counted or stored beyond what `protocol.limits` allows.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect as shapes

import protocol
from crypto.session import State
from protocol import codec
from protocol.api.accounts import Message, Problem
from protocol.api.files import FileReply
from protocol.content import Receipts
from protocol.errors import LimitExceededError, MalformedError
from protocol.limits import MAX_JSON_BYTES
from protocol.records import Record
from tests.architecture.tree import ROOMS, name, parsed, sources

READERS = {
    "protocol/codec.py": "the codec: every record, every JSON message",
    "protocol/envelope.py": "fixed layouts, length checked first: envelope and key message",
    "crypto/firstmessage.py": "fixed layout, length checked first: INIT",
    "crypto/header.py": "fixed layout, length checked first: the header of a ratchet message",
    "crypto/vault.py": "fixed layout, length checked first: the vault file",
    "crypto/checkpoint.py": "base64 in one note of text, length checked first",
    "protocol/ids.py": "hexadecimal ids, length checked first",
    "protocol/textline.py": "base64 of one line of text, length checked first, then the codec",
    "centralstore/backup/frames.py": "a backup's frames, length checked first",
    "centralstore/configuration.py": "the operator's file, TOML, length checked first; environment",
    "centralstore/logwaiting.py": "waiting rows of the access log, length checked first",
    "centralstore/signals.py": "a notice of another process, length checked first",
    "localstore/profile.py": "a profile's id, 32 hexadecimal digits, matched when opened",
    "localstore/keychain.py": "base64 of the keyring's secret, length checked first",
    "jitclient/wiping.py": "hex out of our own row in device.db, written by the line above it",
    "jitclient/mentionviews.py": "32 hexadecimal digits, matched before, of a text typed here",
    "jitclient/viewing/wire.py": "frames of the viewing process, length checked first",
    "jitclient/foundation/policy.py": "settings of machine and profile, TOML, length checked first",
    "ui/reaching/instance.py": "who is at the other end of a socket, in the system's own layout",
    "localstore/logend.py": "the index of our own write-ahead log, length checked first",
    "localstore/carried.py": "rows of 36 bytes that our own process appended to our own file",
    "jitclient/exhibitlist.py": "a list of exhibits, CSV, length checked first",
    "jitclient/training/lines.py": "JSON lines of our own processes, length checked first",
    "jitclient/training/ownstore.py": "JSON that our own program printed for us",
    "jitclient/demo/stage.py": "JSON that our own program printed for us",
}
"""Where bytes become values, and why there."""

NUMBERS = {
    "centralstore/locks.py": "eight bytes of a digest, as a number",
    "crypto/chunkcipher.py": "a nonce of 12 bytes out of a key derivation, as a number",
    "crypto/fingerprint.py": "five bytes of a digest, as a number",
    "crypto/keys.py": "an X25519 public key of 32 bytes, as a number",
    "crypto/linking.py": "ten bytes of a digest, as a number",
    "jitclient/training/director.py": "two bytes of our own randomness, as a number",
    "crypto/words.py": "a root of 32 bytes and its checksum, as a number",
    "sync/issuer.py": "one name in a certificate, every length checked before it is taken",
    "crypto/signatures.py": "an Ed25519 public key of 32 bytes, as a number",
}
"""Where `int.from_bytes` reads a value whose length was fixed before."""

NEVER = frozenset(
    {"pickle", "marshal", "shelve", "yaml", "toml", "tomllib", "configparser", "plistlib", "xml"}
    | {"cbor2", "ast"}
)
"""Parsers this program has no use for."""

DECODERS = frozenset(
    {
        "msgspec.json.decode",
        "msgspec.json.Decoder",
        "msgspec.msgpack.decode",
        "msgspec.msgpack.Decoder",
        "msgspec.yaml.decode",
        "msgspec.toml.decode",
        "msgspec.convert",
        "csv.reader",
        "csv.DictReader",
        "json.load",
        "json.loads",
        "json.JSONDecoder",
        "struct.unpack",
        "struct.unpack_from",
        "struct.iter_unpack",
        "bytes.fromhex",
        "bytearray.fromhex",
        "eval",
        "exec",
    }
)
MODULES = frozenset(
    {"msgspec.json", "msgspec.msgpack", "csv", "json", "struct", "base64", "binascii"}
)


def _called(node: ast.Call) -> str:
    """The dotted name of what is called, as it is written."""
    return ast.unparse(node.func)


def _decodes(called: str, layouts: set[str]) -> bool:
    owner, _, method = called.rpartition(".")
    if owner in layouts:
        return method in {"unpack", "unpack_from", "iter_unpack"}
    if owner in {"base64", "binascii"}:
        return "decode" in method or method.startswith(("a2b", "unhex"))
    return called in DECODERS


def _layouts(tree: ast.Module) -> set[str]:
    """Names of the module that hold a `struct.Struct`."""
    return {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if isinstance(node.value, ast.Call) and _called(node.value).endswith("Struct")
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }


def _readers() -> Iterator[tuple[str, str]]:
    """Every file that decodes something, with what it calls."""
    for path in sources(*ROOMS):
        tree = parsed(path)
        layouts = _layouts(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _decodes(_called(node), layouts):
                yield name(path), _called(node)


def test_only_listed_files_decode_bytes() -> None:
    found = set(_readers())

    assert {(file, call) for file, call in found if file not in READERS} == set()


def test_the_list_of_readers_is_not_longer_than_needed() -> None:
    assert {file for file, _ in _readers()} == set(READERS)


def test_decoders_are_called_by_their_full_name() -> None:
    """`from json import loads` or `import json as j` would pass the test above by."""
    hidden = []
    for path in sources(*ROOMS):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES:
                hidden.append((name(path), node.module))
            elif isinstance(node, ast.ImportFrom) and node.module == "msgspec":
                hidden += [
                    (name(path), a.name) for a in node.names if a.name in {"json", "msgpack"}
                ]
            elif isinstance(node, ast.Import):
                hidden += [
                    (name(path), a.name) for a in node.names if a.name in MODULES and a.asname
                ]

    assert hidden == []


def test_no_parser_without_use_is_imported() -> None:
    found = {
        (name(path), alias.name)
        for path in sources(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        in NEVER
    }

    assert found == set()


def test_numbers_are_read_from_bytes_of_fixed_length_only() -> None:
    found = {
        name(path)
        for path in sources(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and _called(node) == "int.from_bytes"
    }

    assert found == set(NUMBERS)


# --- bounds ------------------------------------------------------------------------------------


def _kinds() -> list[type[msgspec.Struct]]:
    """Every record and every HTTP message."""
    for module in pkgutil.walk_packages(protocol.__path__, "protocol."):
        importlib.import_module(module.name)
    found: list[type[msgspec.Struct]] = [Problem, State]
    waiting: list[type[msgspec.Struct]] = [Record, Message]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    ours = (kind for kind in set(found) if kind.__module__.split(".")[0] in ROOMS)
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__name__))


def _unbounded(kind: Any, path: str) -> Iterator[str]:
    """Paths below `kind` that take any length, count or range."""
    match kind:
        case shapes.IntType():
            if not _fits(kind):
                yield path
        case shapes.StrType() | shapes.BytesType() | shapes.VarTupleType():
            if kind.max_length is None:
                yield path
        case shapes.TupleType() | shapes.UnionType() | shapes.NamedTupleType():
            pass  # of a fixed number of elements, judged below
        case shapes.StructType() | shapes.EnumType() | shapes.BoolType() | shapes.NoneType():
            pass  # a struct is judged by itself; the others are small
        case _:
            yield f"{path}: {kind}"
    for name_, inner in _within(kind):
        yield from _unbounded(inner, path + name_)


def _fits(kind: shapes.IntType) -> bool:
    """Whether SQLite can keep every number of this range: 64 bits with a sign."""
    return kind.ge is not None and kind.le is not None and -(2**63) <= kind.ge <= kind.le < 2**63


def _within(kind: Any) -> list[tuple[str, Any]]:
    """The elements of a shape, with what leads to them."""
    match kind:
        case shapes.VarTupleType():
            return [("[]", kind.item_type)]
        case shapes.TupleType():
            return [(f"[{n}]", item) for n, item in enumerate(kind.item_types)]
        case shapes.UnionType():
            return [("", item) for item in kind.types]
        case shapes.NamedTupleType():
            return [(f".{field.name}", field.type) for field in kind.fields]
        case _:
            return []


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_every_field_has_a_bound_that_a_database_can_keep(kind: type[msgspec.Struct]) -> None:
    shape = shapes.type_info(kind)

    assert isinstance(shape, shapes.StructType)
    assert [path for f in shape.fields for path in _unbounded(f.type, f.name)] == []


def test_a_message_beyond_its_limit_is_refused_before_it_is_read() -> None:
    """Not even looked at: what stands there is no JSON at all."""
    with pytest.raises(LimitExceededError):
        codec.decode_json(Problem, b"\xff" * (MAX_JSON_BYTES + 1))


def test_a_stated_count_allocates_nothing() -> None:
    """An array that says it has 2^32 - 1 elements, in a record that allows few and in JSON."""
    record = b"\x93\xa8receipts\x01\xdd\xff\xff\xff\xff"

    with pytest.raises(MalformedError):
        codec.decode(Receipts, record)
    with pytest.raises(MalformedError):
        codec.decode_json(FileReply, b'{"stored":[' + b"0," * 1000)
