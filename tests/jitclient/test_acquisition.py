"""Acquisition reports: what they state is found, and a file that differs goes nowhere."""

from __future__ import annotations

import asyncio
import hashlib
import random
from pathlib import Path

import pytest

from jitclient import acquisition, handing_over, interventions
from jitclient.errors import AcquisitionDiffersError
from jitclient.session import Session
from jitclient.usecases import add_evidence
from jitclient.usecases.add_evidence import NewExhibit
from localstore import custody, evidence, outbox
from localstore.connection import transaction
from protocol.errors import ActionNeededError, BadInputError, NoInputError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office
from tests.jitclient.two import pair

CONTENT = b"the acquired bytes" * 1000
HASHES = {name: hashlib.new(name, CONTENT).hexdigest() for name in ("md5", "sha1", "sha256")}
MD5, SHA1, SHA256 = HASHES.values()
REPORTS = {
    "sha256sum": f"{SHA256}  disk.img\n{'0' * 64}  other.img\n",
    "sha256sum, binary, in a folder": f"{SHA256} *images/disk.img\n",
    "sha256sum --tag": f"SHA256 (disk.img) = {SHA256}\n",
    "openssl": f"SHA2-256(disk.img)= {SHA256}\n",
    "certutil's kin, capitals": f"SHA-256: {SHA256.upper()}\n",
    "FTK Imager": (
        "Created By AccessData FTK Imager 4.7\r\n\r\n[Computed Hashes]\r\n"
        f" MD5 checksum:    {MD5}\r\n SHA1 checksum:   {SHA1}\r\n\r\n"
        "Image Verification Results:\r\n Verification started:  Mon Nov 02 14:05:00 2026\r\n"
        f" MD5 checksum:    {MD5} : verified\r\n SHA1 checksum:   {SHA1} : verified\r\n"
    ),
    "Guymager": (
        f"MD5 hash                   : {MD5}\nMD5 hash verified source   : --\n"
        f"MD5 hash verified image    : {MD5}\nSHA1 hash                  : {SHA1}\n"
        f"SHA256 hash                : {SHA256}\nSHA256 hash verified source: --\n"
    ),
    "EnCase": f"Acquisition MD5:\t{MD5.upper()}\nVerification MD5:\t{MD5.upper()}\n",
    "ewfacquire": (
        f"MD5 hash calculated over data:\t\t{MD5}\nSHA256 hash calculated over data:\t{SHA256}\n"
    ),
    "dc3dd": f"input results for device `/dev/sdb':\n   512 sectors in\n   {SHA256} (sha256)\n",
}


@pytest.mark.parametrize("program", REPORTS)
@pytest.mark.parametrize("spelling", ["utf-8", "utf-8-sig", "utf-16"])
def test_reports_as_programs_write_them_are_read(
    program: str, spelling: str, tmp_path: Path
) -> None:
    (tmp_path / "disk.img").write_bytes(CONTENT)
    report = tmp_path / "report.txt"
    report.write_bytes(REPORTS[program].encode(spelling))

    found = acquisition.read_report(report).facts_of("disk.img")

    assert found
    assert set(found.items()) <= {(f"acquired-{name}", value) for name, value in HASHES.items()}
    stated = {name.removeprefix("acquired-"): value for name, value in found.items()}
    acquisition.compare(tmp_path / "disk.img", stated, lambda _: None)


def test_a_list_says_nothing_of_a_file_it_does_not_name() -> None:
    report = acquisition.parse(REPORTS["sha256sum"])

    assert report.facts_of("third.img") == {}


def test_the_hash_of_what_a_container_holds_is_stated_and_not_compared() -> None:
    report = acquisition.parse(REPORTS["FTK Imager"])

    assert report.facts_of("disk.E01") == {"source-hash": f"sha1 {SHA1}"}
    assert acquisition.parse(f"{SHA1}  disk.E01").facts_of("disk.E01") == {"acquired-sha1": SHA1}


@pytest.mark.parametrize(
    "text",
    [f"MD5: {MD5}\nMD5: {'0' * 32}\n", f"{SHA256}  disk.img\n{'0' * 64}  copy/disk.img\n"],
)
def test_a_report_that_contradicts_itself_is_not_guessed_at(text: str) -> None:
    with pytest.raises(BadInputError, match="two different values"):
        acquisition.parse(text)


def test_anything_that_is_no_report_says_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    noise = random.Random(1)
    for length in (0, 1, 100, 100_000):
        (tmp_path / "noise").write_bytes(noise.randbytes(length))
        assert acquisition.read_report(tmp_path / "noise").facts_of("disk.img") == {}
    with (tmp_path / "noise").open("wb") as file:
        file.truncate(acquisition.MAX_REPORT_BYTES + 1)
    with pytest.raises(BadInputError, match="too long"):
        acquisition.read_report(tmp_path / "noise")
    with pytest.raises(NoInputError):
        acquisition.read_report(tmp_path / "gone")


@pytest.mark.parametrize("line", ["MD5" + " " * 50_000, "md5(" * 20_000, "a" * 100_000])
def test_a_hostile_line_costs_no_more_than_its_length(line: str) -> None:
    assert acquisition.parse("\n".join([line] * 3)).facts_of("disk.img") == {}


@pytest.mark.parametrize(
    "value",
    [SHA256, f"sha256:{SHA256.upper()}", f"SHA-256: {SHA256}", f" {SHA256[:32]} {SHA256[32:]}"],
)
def test_a_typed_hash_is_known_by_its_length(value: str) -> None:
    assert acquisition.typed(value) == {"acquired-sha256": SHA256}


@pytest.mark.parametrize("value", ["", "sha256:", SHA256[:-1], f"md5:{SHA256}", "z" * 64])
def test_what_is_no_hash_is_not_taken_for_one(value: str) -> None:
    with pytest.raises(BadInputError):
        acquisition.typed(value)


# --- before anything leaves ----------------------------------------------------------------------


@pytest.fixture
def space(office: Office) -> SpaceId:
    return pair(office)


def _add(office: Office, space: SpaceId, path: Path, **stated: str) -> FileId:
    facts = {f"acquired-{name}": value for name, value in stated.items()}
    new = NewExhibit(path=path, facts=facts)
    to = (office.people["bruno"].user,)
    return asyncio.run(add_evidence.add_evidence(office.sessions["ana"], space, new, to=to))


def _acts(office: Office, space: SpaceId) -> list[str]:
    return [e.kind for e in office.on("ana", lambda s: custody.events(s.stores.space(space)))]


@pytest.mark.parametrize("name", HASHES)
def test_a_file_that_is_not_what_was_acquired_is_not_even_registered(
    office: Office, space: SpaceId, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(CONTENT + b"!")

    with pytest.raises(AcquisitionDiffersError, match="Nothing was handed over") as told:
        _add(office, space, path, **{name: HASHES[name]})

    assert HASHES[name] in told.value.sentence
    assert office.on("ana", lambda s: evidence.exhibits(s.stores.space(space))) == []
    assert office.on("ana", lambda s: outbox.waiting(s.stores.space(space))) == 0
    assert "acquisition-differs" in _acts(office, space)
    assert "exhibit-added" not in _acts(office, space)


def test_the_sentence_for_a_container_says_what_its_report_may_mean(tmp_path: Path) -> None:
    (tmp_path / "disk.E01").write_bytes(b"container")

    with pytest.raises(AcquisitionDiffersError, match="data inside"):
        acquisition.compare(tmp_path / "disk.E01", {"md5": MD5}, lambda _: None)


def test_a_file_that_is_equal_is_registered_and_the_comparison_is_on_record(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(CONTENT)

    file = _add(office, space, path, **HASHES)

    record = office.on("ana", lambda s: evidence.exhibit(s.stores.space(space), file))
    assert record is not None
    assert record.facts == tuple((f"acquired-{name}", value) for name, value in HASHES.items())
    assert _acts(office, space)[-2:] == ["exhibit-added", "acquisition-equal"]


def test_what_changed_between_the_comparison_and_the_sealing_is_handed_to_nobody(
    office: Office, space: SpaceId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(CONTENT)
    file = _add(office, space, path, sha256=SHA256)

    class Receipt:
        item, subject = file, bytes(32)

    Receipt.space = space  # type: ignore[attr-defined]
    monkeypatch.setattr("crypto.signatures.verify_store", lambda *_: Receipt)
    sealed = handing_over.Sealed(b"", bytes(32), bytes(32), hashlib.sha256(b"other").digest())
    office.on("ana", handing_over._hand_over, space, file, sealed)

    record = office.on("ana", lambda s: evidence.exhibit(s.stores.space(space), file))
    assert record is not None
    assert (record.state, record.message) == ("failed", None)
    assert "not what was acquired" in record.problem
    assert office.on("ana", lambda s: outbox.waiting(s.stores.space(space))) == 0
    assert _acts(office, space)[-1] == "exhibit-kept-back"


def test_a_compared_file_that_changed_is_not_begun_anew_without_a_comparison(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(CONTENT)
    file = _add(office, space, path, md5=MD5)

    def changed(session: Session) -> None:
        sp = session.stores.space(space)
        with transaction(sp):
            problem = f"{interventions.CHANGED}its size is another."
            evidence.update_exhibit(sp, file, state="failed", problem=problem)

    office.on("ana", changed)

    with pytest.raises(ActionNeededError, match="compared again"):
        office.on("ana", interventions.make_due, space, file)


def test_nobody_waits_for_a_large_file_to_be_told_that_it_may_not_go(
    office: Office, space: SpaceId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(CONTENT)
    read: list[Path] = []
    monkeypatch.setattr(acquisition, "compare", lambda path, *_: read.append(path))
    new = NewExhibit(path=path, facts={"acquired-md5": MD5})

    with pytest.raises(BadInputError):
        asyncio.run(add_evidence.add_evidence(office.sessions["ana"], space, new, to=()))

    assert read == []
