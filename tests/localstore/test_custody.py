"""The custody log is a chain: a changed, removed or added event is found by its number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest

from localstore import custody
from localstore.connection import Connection, transaction
from protocol.errors import BugError


@dataclass(frozen=True)
class Named:
    """An exhibit, as far as the log knows of it."""

    name: str
    file: bytes


@pytest.fixture
def chain(sp: Connection) -> Connection:
    with transaction(sp):
        for number in range(1, 6):
            custody.append(sp, "exhibit-received", "Bob", f"A-{number}", "sha256", 100 + number)
    return sp


def tampered(sp: Connection, sql: str) -> int | None:
    """What the chain says after somebody went around the triggers."""
    sp.execute("DROP TRIGGER custody_stands")
    sp.execute("DROP TRIGGER custody_stays")
    sp.execute(sql)
    return custody.verify_chain(sp)


def test_an_untouched_chain_stands(chain: Connection) -> None:
    assert custody.verify_chain(chain) is None
    assert [event.seq for event in custody.events(chain)] == [1, 2, 3, 4, 5]


def test_an_empty_chain_stands(sp: Connection) -> None:
    assert custody.verify_chain(sp) is None


@pytest.mark.parametrize("column", ["kind", "actor", "subject", "detail"])
def test_a_changed_text_is_found(column: str, chain: Connection) -> None:
    assert tampered(chain, f"UPDATE custody SET {column} = 'other' WHERE seq = 3") == 3


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE custody SET at = at + 1 WHERE seq = 2", 2),
        ("UPDATE custody SET hash = zeroblob(32) WHERE seq = 4", 4),
        ("UPDATE custody SET prev = zeroblob(32) WHERE seq = 4", 4),
        ("UPDATE custody SET subject = 'B', detail = subject || detail WHERE seq = 1", 1),
        ("DELETE FROM custody WHERE seq = 1", 1),
        ("DELETE FROM custody WHERE seq = 3", 3),
        ("DELETE FROM custody WHERE seq = 5", 5),
        ("DELETE FROM custody", 1),
        ("INSERT INTO custody SELECT 6, 'a', 'b', '', '', 1, hash, hash FROM custody_head", 6),
        ("DELETE FROM custody_head", 6),
    ],
)
def test_a_changed_removed_or_added_event_is_found(
    sql: str, broken: int, chain: Connection
) -> None:
    assert tampered(chain, sql) == broken


def test_moving_a_letter_between_two_texts_changes_the_hash(sp: Connection) -> None:
    with transaction(sp):
        one = custody.append(sp, "ab", "c", "", "", 1)
    sp.execute("DROP TRIGGER custody_stands")
    sp.execute("UPDATE custody SET kind = 'a', actor = 'bc'")

    assert custody.verify_chain(sp) == one.seq


@pytest.mark.parametrize("sql", ["UPDATE custody SET at = 0", "DELETE FROM custody"])
def test_the_database_itself_refuses_changes(sql: str, chain: Connection) -> None:
    with pytest.raises(Exception, match="custody events are never"):
        chain.execute(sql)

    assert custody.verify_chain(chain) is None


def test_the_encoding_is_the_documented_one(sp: Connection) -> None:
    with transaction(sp):
        event = custody.append(sp, "sent", "Älice", "", "x", 7)

    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(4, "big") + value.encode()

    spelt = b"jitc/v1/custody\x00" + (1).to_bytes(8, "big") + (7).to_bytes(8, "big")
    spelt += text("sent") + text("Älice") + text("") + text("x") + bytes(32)
    assert event.hash == hashlib.sha256(spelt).digest()


def test_an_event_belongs_into_the_transaction_of_its_act(sp: Connection) -> None:
    with pytest.raises(BugError):
        custody.append(sp, "sent", "", "", "", 1)


def test_an_exhibit_finds_its_own_events_also_beside_one_of_the_same_name(
    sp: Connection,
) -> None:
    first, second = Named("a.bin", bytes(16)), Named("a.bin", bytes(15) + b"1")
    with transaction(sp):
        for about in (first, "a.bin", second, first):
            custody.append(sp, "exhibit-viewed", "Jan", about, "", 7)

    assert [one.seq for one in custody.events_of(sp, first.file)] == [1, 4]
    assert [one.seq for one in custody.events_of(sp, second.file)] == [3]
    assert {one.subject for one in custody.events(sp)} == {"a.bin"}
    assert custody.verify_chain(sp) is None


def test_a_chain_that_was_followed_before_is_followed_from_there(chain: Connection) -> None:
    third = custody.events(chain)[2]
    since = (third.seq, third.hash)
    assert custody.verify_chain(chain, since) is None
    assert custody.verify_chain(chain, (third.seq, bytes(32))) == 4
    with transaction(chain):
        custody.append(chain, "exhibit-received", "Bob", "A-6", "sha256", 106)
    assert custody.verify_chain(chain, since) is None

    chain.execute("DROP TRIGGER custody_stands")
    chain.execute("UPDATE custody SET actor = 'Eve' WHERE seq = 5")

    assert custody.verify_chain(chain, since) == 5
