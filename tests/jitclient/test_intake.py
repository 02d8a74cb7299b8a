"""A customs detection is checked as it is filled in, becomes an exhibit, and is never half gone."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

import pytest

from jitclient import intake
from jitclient import spool as spooling
from jitclient.intakeviews import BY_NAME, FIELDS, STARRED, Intake
from jitclient.usecases import take_intake
from localstore import custody, evidence
from localstore.evidence import ExhibitRecord
from protocol.errors import BadInputError, NoInputError
from protocol.facts import BY_NAME as FACTS
from protocol.facts import Form
from protocol.ids import FileId, SpaceId
from tests.architecture.tree import ROOT
from tests.jitclient.office import Office
from tests.support.people import NOW

FORM = {
    "number": "C-7",
    "case": "2026/114 ZF",
    "post": "Port of Antwerp, quay 730",
    "detected-at": "2023-11-02 14:05+01:00",
    "officer": "J. Peeters",
    "authority": "Belgian Customs",
    "means": "Container",
    "means-number": "CSQU3054383",
    "declared": "Bananas",
    "found": "White powder\nin the cooling unit",
    "control": "scan+dog",
    "seals": "BE 0071",
    "tlp": "amber",
}


@pytest.fixture(name="space")
def _space(office: Office) -> SpaceId:
    office.join("ana", "bruno")
    return office.open_space("ana", "bruno")


def given(*images: Path, **changes: str) -> Intake:
    form = FORM | {name.replace("_", "-"): value for name, value in changes.items()}
    return Intake(form=tuple(form.items()), images=images)


def take(office: Office, space: SpaceId, one: Intake) -> tuple[ExhibitRecord, ...]:
    session, to = office.sessions["ana"], (office.people["bruno"].user,)
    asyncio.run(take_intake.take(session, space, one, to=to))
    return kept(office, space)


def kept(office: Office, space: SpaceId) -> tuple[ExhibitRecord, ...]:
    return tuple(office.on("ana", lambda s: evidence.exhibits(s.stores.space(space))))


def opened(office: Office, space: SpaceId, record: ExhibitRecord) -> str:
    """The document as it waits, sealed, to be handed over."""
    how = office.on("ana", spooling.opening, space, FileId(record.file))
    assert how is not None
    file, text = how(Path(record.source)), memoryview(bytearray(record.size))
    try:
        assert file.read_into(0, text) == record.size
    finally:
        file.close()
    return bytes(text).decode()


@pytest.mark.parametrize("name", STARRED)
def test_what_must_be_stated_is_named_where_it_is_not(name: str) -> None:
    with pytest.raises(BadInputError) as refused:
        intake.checked({**FORM, name: " "}, NOW)

    label = BY_NAME[name].label
    assert f"{label[0].lower()}{label[1:]}" in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("detected-at", "yesterday", "Detected at must be"),
        ("detected-at", "2099-01-01", "future"),
        ("prosecutor-at", "2099-01-01", "future"),
        ("means", "rocket", "must be one of"),
        ("means-number", "CSQU3054384", "last digit"),
        ("means-number", "CSQV3054383", "last digit"),
        ("means-number", "305438", "four letters"),
        ("control", "smell", "must be one of"),
        ("post", "x" * 201, "201 characters"),
        ("officer", "a\u202eb", "Officer"),
        ("handling", "H3", "H3 needs"),
        ("marking", "RESTREINT UE", "EU classified"),
        ("colour", "red", "no field"),
    ],
)
def test_what_cannot_be_so_is_refused_and_says_why(name: str, value: str, word: str) -> None:
    with pytest.raises(BadInputError, match=word):
        intake.checked({**FORM, name: value}, NOW)


def test_a_container_number_is_read_with_blanks_and_small_letters() -> None:
    for number in ("csqu 305438-3", "CSQU3054383"):
        assert intake.problem_with("means-number", number, FORM, NOW) == ""
    assert intake.problem_with("means-number", "KL 1", {"means": "flight"}, NOW) == ""


def test_the_form_and_its_images_become_exhibits_with_what_is_stated(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    image = tmp_path / "scan.png"
    image.write_bytes(b"picture")

    form, picture = take(office, space, given(image))

    facts = dict(form.facts)
    assert (form.exhibit, form.name) == ("C-7", "customs-detection-C-7.txt")
    assert facts["case"] == FORM["case"]
    assert facts["acquired-at"] == "2023-11-02T14:05+01:00"
    assert (facts["seal"], facts["tlp"]) == ("BE 0071", "AMBER")
    assert "Goods found: White powder\nin the cooling unit" in facts["description"]
    assert (picture.exhibit, dict(picture.facts)["tlp"]) == ("C-7.1", "AMBER")
    text = opened(office, space, form)
    digest = hashlib.sha256(b"picture").hexdigest()
    assert f"{digest}  C-7.1  scan.png" in text
    assert re.search(r"Goods found +White powder\n +in the cooling unit\n", text)
    assert text.splitlines()[0] == "TLP:AMBER"
    assert text.rstrip().splitlines()[-1] == "TLP:AMBER"


def test_the_same_detection_twice_gives_the_same_text(office: Office, space: SpaceId) -> None:
    texts = [opened(office, space, one) for one in take(office, space, given())]
    again = take(office, space, given())

    assert [opened(office, space, one) for one in again] == texts * 2


def test_a_long_form_keeps_every_word_in_the_document(office: Office, space: SpaceId) -> None:
    long = dict.fromkeys(("declared", "found"), "w" * 499 + ".")
    lines = {name: name[0] * 200 for name in ("consignor", "consignee", "route", "samples")}

    (form,) = take(office, space, given(**long, **lines, recipients="r" * 200))

    description = dict(form.facts)["description"]
    assert len(description) <= FACTS["description"].limit
    assert description.endswith("the rest stands in the document.")
    text = opened(office, space, form)
    assert "r" * 200 in text


def test_nothing_goes_when_an_image_cannot_be_read(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    with pytest.raises(NoInputError):
        take(office, space, given(tmp_path / "gone.png"))

    assert kept(office, space) == ()


def test_a_draft_outlives_the_program_and_is_emptied_by_an_empty_form(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    draft = Intake(form=(("post", "Port of Antwerp"),), images=(tmp_path / "a.png",))

    office.on("ana", take_intake.keep, space, draft)
    office.restart("ana")

    assert office.on("ana", take_intake.draft, space) == draft
    office.on("ana", take_intake.keep, space, Intake(form=(("post", " "),)))
    assert office.on("ana", take_intake.draft, space) == Intake()


def test_a_draft_is_kept_or_handed_over_never_neither(
    office: Office, space: SpaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.on("ana", take_intake.keep, space, given())

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(custody, "append", die)
        with pytest.raises(KeyboardInterrupt):
            take(office, space, given())
    assert office.on("ana", take_intake.draft, space) == given()
    assert kept(office, space) == ()

    take(office, space, given())
    assert office.on("ana", take_intake.draft, space) == Intake()


def test_the_page_names_the_fields_as_they_are() -> None:
    page = (ROOT / "docs" / "protocol" / "52-detections.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)`( \*)? \| ([^|]+) \| (.+) \|$", page, re.MULTILINE)

    assert [(name, label.strip(), bool(star)) for name, star, label, _ in rows] == [
        (one.name, one.label, one.name in STARRED) for one in FIELDS
    ]
    for name, _, _, form in rows:
        field = BY_NAME[name]
        if form.startswith("line"):
            kind = "lines" if field.form is Form.LINES else "line"
            assert form == f"{kind}, at most {field.limit}"
        if form.startswith("one of"):
            assert tuple(re.findall(r"`([^`]+)`", form)) == field.choices
