"""Targets that anybody can feed: records, HTTP messages, fixed layouts, lines of text, files."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

import protocol
from centralstore import configuration, settings, signals, web
from crypto import header, vault, words
from crypto.firstmessage import Init
from crypto.keys import IdentityKey
from crypto.session import MAX_SESSION_BYTES, State
from jitclient.foundation import text as typed
from jitclient.foundation.links import read_link
from jitclient.wordlist import listed
from protocol import codec, ids, invitation, recovery, textline, verification
from protocol.api.accounts import Message, Problem
from protocol.envelope import Envelope, EnvelopeKind, KeyMsg
from protocol.ids import EnvelopeId, MailboxId, MessageId, SpaceId
from protocol.invitation import Invitation
from protocol.limits import MAX_BODY_BYTES, MAX_ENVELOPE_BYTES, MAX_JSON_BYTES, MAX_NAME_CHARS
from protocol.linking import LinkOffer
from protocol.records import Record
from protocol.recovery import RecoveryLine
from protocol.verification import VerifyCode
from sync.errors import from_answer, parse_retry_after
from tests.fuzz import made
from tests.fuzz.mutate import Form
from tests.fuzz.target import Target
from tests.support.entropy import Seeded
from ui.reaching.wishes import read_wish, written

K = TypeVar("K", bound=msgspec.Struct)

_SAMPLES = 6
_LINK = b"jit:space/00112233445566778899aabbccddeeff"
_ALARMS = re.compile(r"forged|ghost-member|log-fork|log-rollback|replay|key-substituted|bug")


def kinds(base: type[K]) -> list[type[K]]:
    """Every kind below a base, in order of name."""
    for module in pkgutil.walk_packages(protocol.__path__, "protocol."):
        importlib.import_module(module.name)
    found: list[type[K]] = []
    waiting: list[type[K]] = [base]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return sorted(set(found), key=lambda kind: kind.__name__)


def _name(kind: type[msgspec.Struct]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__.strip("_")).lower()


def _samples(make: Callable[[random.Random], bytes]) -> list[bytes]:
    return [make(random.Random(number)) for number in range(_SAMPLES)]


def records() -> list[Target]:
    """Every record: what decodes is spelled the one way it encodes."""

    def read(kind: type[Record], limit: int, data: bytes) -> None:
        assert codec.encode(codec.decode(kind, data, limit=limit)) == data

    found = []
    for kind in kinds(Record):
        limit = MAX_SESSION_BYTES if kind is State else MAX_BODY_BYTES
        found.append(
            Target(
                name=f"record-{_name(kind)}",
                read=partial(read, kind, limit),
                seeds=partial(_samples, partial(made.record, kind)),
                form=Form.RECORD,
                weight=0.3,
            )
        )
    return found


def messages() -> list[Target]:
    """Every HTTP message: what decodes means the same when it is encoded and decoded again."""

    def read(kind: type[msgspec.Struct], data: bytes) -> None:
        value = codec.decode_json(kind, data)
        assert codec.decode_json(kind, codec.encode_json(value), limit=8 * MAX_JSON_BYTES) == value

    found: list[type[msgspec.Struct]] = [*kinds(Message), Problem, settings._Saved]
    return [
        Target(
            name=f"json-{_name(kind)}",
            read=partial(read, kind),
            seeds=partial(_samples, partial(made.message, kind)),
            form=Form.JSON,
            weight=0.3,
        )
        for kind in found
    ]


def layouts() -> list[Target]:
    """The fixed binary layouts."""
    key = IdentityKey.generate(Seeded(1)).public
    init = Init(
        ephemeral=key, spk_id=1, opk_id=2, kem_id=3, ciphertext=bytes(1088), message=bytes(400)
    )
    envelope = Envelope(
        kind=EnvelopeKind.MSG,
        to=MailboxId(bytes(16)),
        sender=MailboxId(b"\x01" * 16),
        id=EnvelopeId(b"\x02" * 16),
        body=b"body",
    )
    key_msg = KeyMsg(
        space=SpaceId(bytes(16)),
        message=MessageId(bytes(16)),
        sender_seq=1,
        prev_own=bytes(32),
        pair_seq=1,
        log_seq=1,
        log_head=bytes(32),
        content_key=bytes(32),
        body_digest=bytes(32),
        body_length=192,
    )

    def read_init(data: bytes) -> None:
        assert Init.unpack(data).pack() == data

    def read_envelope(data: bytes) -> None:
        assert Envelope.unpack(data).pack() == data

    def read_key(data: bytes) -> None:
        assert KeyMsg.unpack(data).pack() == data

    def read_parts(data: bytes) -> None:
        assert header.join(*header.split(data)) == data

    long = [bytes([form]) + bytes(1400) for form in header.Form]
    head = vault._HEADER.pack(vault._MAGIC, vault._VERSION, 0, 3, vault.FLOOR.memory, bytes(16))
    sealed = head + bytes(vault._VAULT_BYTES - len(head))
    return [
        Target(name="init", read=read_init, seeds=lambda: [init.pack()]),
        Target(
            name="envelope",
            read=read_envelope,
            seeds=lambda: [envelope.pack()],
            limit=MAX_ENVELOPE_BYTES + 1,
        ),
        Target(name="key-message", read=read_key, seeds=lambda: [key_msg.pack()], limit=400),
        Target(name="ratchet-parts", read=read_parts, seeds=lambda: long, limit=3000),
        Target(name="vault", read=vault.needs_keyring, seeds=lambda: [sealed], limit=400),
    ]


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def lines() -> list[Target]:
    """The three kinds of lines that people paste or scan."""

    def target(name: str, prefix: str, kind: type[Record], read: Callable[[str], object]) -> Target:
        def make(rng: random.Random) -> bytes:
            return textline.to_line(prefix, codec.decode(kind, made.record(kind, rng))).encode()

        return Target(
            name=name,
            read=lambda data: read(_text(data)),
            seeds=partial(_samples, make),
            form=Form.TEXT,
            limit=3_000,
        )

    link = partial(textline.from_line, LinkOffer, textline.LINK)
    return [
        target("line-invitation", textline.INVITE, Invitation, invitation.from_text),
        target("line-link", textline.LINK, LinkOffer, link),
        target("line-verify", textline.VERIFY, VerifyCode, verification.from_text),
        target("line-recover", textline.RECOVER, RecoveryLine, recovery.from_text),
    ]


def texts() -> list[Target]:
    """What a person types, and what stands in addresses and headers."""

    def line(data: bytes) -> None:
        found = typed.check_line(_text(data), "It")
        assert len(found) <= MAX_NAME_CHARS
        assert typed.visible(found) == found

    def name(data: bytes) -> None:
        assert typed.is_file_name(typed.file_name(_text(data)))

    def message(data: bytes) -> None:
        assert len(typed.check_message(_text(data), limit_bytes=1000).encode()) <= 1000

    def number(data: bytes) -> None:
        assert 0 <= web.whole(_text(data), "n", low=0, high=2**63 - 1) < 2**63

    def identity(data: bytes) -> None:
        assert ids.parse_id(_text(data)).hex() == _text(data).lower()

    def configured(data: bytes) -> None:
        found = {key.removesuffix("_file") for key in configuration.read_file(data)}
        assert found <= set(configuration.KEYS)

    def listen(data: bytes) -> None:
        _, port = settings.parse_listen(_text(data))
        assert 0 <= port < 2**16

    def answer(data: bytes) -> None:
        seconds = parse_retry_after(_text(data))
        assert seconds is None or 0 <= seconds <= 3600
        problem = codec.decode_json(Problem, data)
        error = from_answer(400 + len(data) % 200, problem, _text(data))
        assert not _ALARMS.fullmatch(error.reason), error.reason

    def target(what: str, read: Callable[[bytes], object], *seeds: bytes) -> Target:
        return Target(name=what, read=read, seeds=lambda: list(seeds), form=Form.TEXT, limit=3_000)

    return [
        target("text-line", line, b"Exhibit 17.img", "Sébastien Müller".encode()),
        target("text-name", name, b"Exhibit 17.img", b"a/b"),
        target("text-message", message, b"one\r\ntwo", "Straße\n".encode()),
        target("text-number", number, b"0", b"9223372036854775807"),
        target("text-id", identity, b"00112233445566778899aabbccddeeff"),
        target("configuration", configured, b'listen = "0.0.0.0:8443"\ndrain_seconds = 20\n'),
        target("text-listen", listen, b"127.0.0.1:8443", b"[::1]:0"),
        target("answer", answer, b'{"title":"x","status":409,"code":"log-moved","detail":"no"}'),
    ]


def reaching() -> list[Target]:
    """What other programs of this desktop say to the window."""

    def link(data: bytes) -> None:
        assert str(read_link(_text(data))) == _text(data)

    def wish(data: bytes) -> None:
        found = read_wish(data)
        assert read_wish(written(found)) == found

    links = [_LINK, _LINK + b"/exhibit/" + _LINK[-32:]]
    wishes = [b"raise -\n", b"lock tok-1\n", b"window -\n", b"open - " + _LINK + b"\n"]
    return [
        Target(name="link", read=link, seeds=lambda: links, form=Form.TEXT, limit=200),
        Target(name="wish", read=wish, seeds=lambda: wishes, form=Form.TEXT, limit=1_000),
    ]


def notices() -> list[Target]:
    """What one process of a store tells the others has bounds."""

    def notice(data: bytes) -> None:
        found = signals.read(_text(data))
        assert found is None or len(found.ended) + len(found.changed) <= 200

    def seeds() -> list[bytes]:
        return [b'[7,[["AAAA","","mailbox"]],[["","log"]],["AAAA"],[],true]', b"[1]"]

    return [Target(name="notice", read=notice, seeds=seeds, form=Form.TEXT, limit=9_000)]


def sheets() -> list[Target]:
    """The words of a recovery sheet."""
    root = bytes(range(32))
    sheet = " ".join(words.encode(root, listed())).encode()

    def recovery_words(data: bytes) -> None:
        """As far as the root: the search for a mistyped word tries 49,152, with care, not here."""
        places = words._places(words._split(_text(data)), listed())
        assert all(0 <= place < words.LIST for place in places)
        if len(places) == words.WORDS:
            words._root(places)

    return [
        Target(
            name="text-words",
            read=recovery_words,
            seeds=lambda: [sheet],
            form=Form.TEXT,
            limit=3_000,
        )
    ]
