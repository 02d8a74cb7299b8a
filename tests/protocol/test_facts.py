"""The facts of an exhibit: what may be stated, how, and what cannot stand together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from protocol import codec, facts
from protocol.content import Body, ExhibitNotice, Seen
from protocol.errors import MalformedError
from protocol.facts import BY_NAME, FIELDS, Form
from protocol.limits import (
    BODY_BUCKETS,
    MAX_EXHIBIT_CHARS,
    MAX_FACT_CHARS,
    MAX_FACTS,
    MAX_FACTS_BYTES,
    MAX_FILE_BYTES,
    MAX_NAME_CHARS,
    MAX_PARTS,
    MAX_SEEN,
)
from protocol.manifest import Manifest
from protocol.records import Signed

PAGE = Path("docs/protocol/51-facts.md")
GOOD = {
    "language": "el", "country": "PT", "coordinates": "38.7223, -9.1393",
    "imei": "490154203237518", "evaluation": "B2", "acquired-md5": "0" * 32,
    "acquired-sha1": "a" * 40, "acquired-sha256": "b" * 64, "acquired-sha512": "c" * 128,
    "source-hash": "sha1 " + "d" * 40,
}  # fmt: skip


def sample(name: str) -> str:
    """A value this fact accepts."""
    field = BY_NAME[name]
    return {
        Form.CHOICE: (*field.choices, "")[0],
        Form.MOMENT: "2026-11-02T14:05+01:00",
        Form.DAY: "2026-11-02",
        Form.PATTERN: GOOD.get(name, ""),
        Form.PATH: "Photos/0001.jpg",
    }.get(field.form, "x")


def test_every_fact_can_be_stated_and_all_of_them_together() -> None:
    whole = facts.arranged({field.name: sample(field.name) for field in FIELDS})

    facts.check(whole)

    assert [name for name, _ in whole] == [field.name for field in FIELDS]


def test_the_table_fits_the_record() -> None:
    assert len(FIELDS) <= MAX_FACTS
    assert max(field.limit for field in FIELDS) <= MAX_FACT_CHARS
    assert max(len(field.name) for field in FIELDS) <= 40


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param((("colour", "red"),), id="unknown"),
        pytest.param((("title", "a"), ("title", "b")), id="twice"),
        pytest.param((("title", "a"), ("case", "b")), id="out of order"),
        pytest.param((("title", ""),), id="empty"),
        pytest.param((("title", " a"),), id="begins with a blank"),
        pytest.param((("title", "x" * 201),), id="too long"),
        pytest.param((("title", "a\nb"),), id="two lines where one belongs"),
        pytest.param((("title", "a\0b"),), id="a byte zero"),
        pytest.param((("description", "a\tb"),), id="a control character"),
        pytest.param((("kind", "book"),), id="not of the list"),
        pytest.param((("country", "pt"),), id="another spelling"),
        pytest.param((("folder-path", "a.txt"),), id="a path without a folder"),
        pytest.param((("folder-path", "/etc/passwd"),), id="an absolute path"),
        pytest.param((("folder-path", "a/../../b"),), id="a path that leads out"),
        pytest.param((("folder-path", "a\\..\\b/c"),), id="a path that leads out on Windows"),
        pytest.param((("folder-path", "a//b"),), id="a path with an empty name"),
        pytest.param((("folder-path", "a/b/"),), id="a path to no file"),
        pytest.param((("coordinates", "91, 0"),), id="no such latitude"),
        pytest.param((("acquired-at", "2026-02-30"),), id="no such day"),
        pytest.param((("acquired-at", "2026-11-02T14:05"),), id="no offset"),
        pytest.param((("acquired-at", "2026-11-02T24:05+01:00"),), id="no such hour"),
        pytest.param((("keep-until", "2026-11-02T14:05Z"),), id="a time where a day belongs"),
        pytest.param((("acquired-sha1", "A" * 40),), id="capitals in a hash"),
        pytest.param((("acquired-sha1", "a" * 64),), id="another algorithm's length"),
        pytest.param((("source-hash", "sha1 " + "a" * 64),), id="length and name differ"),
        pytest.param((("handling", "H0+H1"),), id="no restriction and one"),
        pytest.param((("handling", "H2+H1"),), id="codes out of order"),
        pytest.param((("handling", "H3"),), id="other restrictions that are not named"),
        pytest.param((("tlp", "WHITE"),), id="a label of TLP 1"),
    ],
)
def test_what_is_unknown_repeated_too_long_or_contradictory_is_refused(
    stated: facts.Facts,
) -> None:
    with pytest.raises(MalformedError):
        facts.check(stated)


def test_all_facts_together_are_bounded() -> None:
    stated = facts.arranged(
        {"description": "α" * 2_000, "conditions": "α" * 1_000, "remarks": "α" * 500}
    )

    with pytest.raises(MalformedError, match="together"):
        facts.check(stated)


def test_a_notice_with_the_longest_facts_for_the_most_persons_needs_no_larger_bucket() -> None:
    """Else the store would learn from the length that an exhibit is described at length."""
    manifest = Manifest(
        version=1, file=bytes(16), space=bytes(16), suite=1, name="\U0010ffff" * MAX_NAME_CHARS,
        mime="\U0010ffff" * 127, exhibit="\U0010ffff" * MAX_EXHIBIT_CHARS,
        facts=tuple(("x" * 40, "y" * 48) for _ in range(MAX_FACTS)), size=MAX_FILE_BYTES,
        padded=MAX_FILE_BYTES, parts=MAX_PARTS, salt=bytes(24), commitment=bytes(32),
        root=bytes(32), sha256=bytes(32), log_seq=2**63 - 1, log_head=bytes(32), claimed_at=2**37,
    )  # fmt: skip
    signed = Signed(
        version=1,
        signer=bytes(16),
        body=codec.encode(manifest),
        ed=bytes(64),
        mldsa=bytes(3309),
    )
    body = Body(
        version=1,
        lamport=2**63 - 1,
        claimed_at=2**37,
        audience=(bytes(16),) * 150,
        content=ExhibitNotice(version=1, manifest=codec.encode(signed), file_key=bytes(32)),
        seen=(Seen(version=1, message=bytes(16), mark=bytes(32)),) * MAX_SEEN,
    )
    told = sum(len(name + value) for name, value in manifest.facts)

    assert told == MAX_FACTS_BYTES
    assert len(codec.encode(body)) < BODY_BUCKETS[-2]


def test_the_page_names_every_fact_as_the_table_does() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)

    assert [(name, label.strip()) for name, label, _ in rows] == [
        (field.name, field.label) for field in FIELDS
    ]
    for field, (_, _, form) in zip(FIELDS, rows, strict=True):
        assert as_page(field) == form.strip()


def as_page(field: facts.Field) -> str:
    """How the page spells a fact's form."""
    match field.form:
        case Form.CHOICE:
            return "one of " + ", ".join(f"`{one}`" for one in field.choices)
        case Form.PATTERN:
            return "like `" + field.pattern.replace("|", "\\|") + "`"
        case Form.MOMENT:
            return "moment"
        case Form.DAY:
            return "day"
        case Form.PATH:
            return f"path, at most {field.limit}"
        case Form.LINES:
            return f"lines, at most {field.limit}"
        case Form.LINE:
            return f"line, at most {field.limit}"
