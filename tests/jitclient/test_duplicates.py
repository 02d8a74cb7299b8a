"""A file the space has is noticed by its content, before anything of it is sealed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient import acquisition, duplicates
from jitclient.errors import DuplicateError
from jitclient.queries import exhibits
from jitclient.session import Session
from jitclient.usecases.add_evidence import NewExhibit, add_evidence
from localstore import evidence
from localstore.connection import transaction
from protocol.errors import BadInputError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office


@pytest.fixture(name="space")
def _space(office: Office) -> SpaceId:
    office.join("ana", "bruno")
    return office.open_space("ana", "bruno")


def add(office: Office, space: SpaceId, path: Path, **words: object) -> FileId:
    new = NewExhibit(path=path, **words)  # type: ignore[arg-type]
    to = (office.people["bruno"].user,)
    return asyncio.run(add_evidence(office.sessions["ana"], space, new, to=to))


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def note(office: Office, space: SpaceId, one: FileId, **columns: object) -> None:
    def act(session: Session) -> None:
        sp = session.stores.space(space)
        with transaction(sp):
            evidence.update_exhibit(sp, one, **columns)

    office.on("ana", act)


def test_the_same_content_under_another_name_is_refused_and_the_exhibit_is_named(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    add(office, space, file(tmp_path, "disk.img", b"content"), number="E-17")

    with pytest.raises(DuplicateError, match=r"“disk.img” \(E-17\), added by you"):
        add(office, space, file(tmp_path, "copy.img", b"content"))

    assert len(office.on("ana", lambda s: evidence.exhibits(s.stores.space(space)))) == 1


def test_it_goes_once_more_when_that_was_said(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    path = file(tmp_path, "disk.img", b"content")
    first = add(office, space, path)

    assert add(office, space, path, again=True) != first


def test_what_was_received_counts_too(office: Office, space: SpaceId, tmp_path: Path) -> None:
    path = file(tmp_path, "disk.img", b"content")
    one = add(office, space, path)
    bruno = office.people["bruno"].user
    content = acquisition.sha256_of(path)
    note(office, space, one, mine=0, author_user=bruno, sha256=content, state="verified")

    with pytest.raises(DuplicateError, match="Bruno"):
        add(office, space, file(tmp_path, "mine.img", b"content"))


@pytest.mark.parametrize("state", ["cancelled", "withdrawn"])
def test_what_was_taken_back_may_go_again(
    office: Office, space: SpaceId, tmp_path: Path, state: str
) -> None:
    path = file(tmp_path, "disk.img", b"content")
    note(office, space, add(office, space, path), state=state)

    add(office, space, path)


def test_another_space_does_not_count(office: Office, space: SpaceId, tmp_path: Path) -> None:
    path = file(tmp_path, "disk.img", b"content")
    add(office, space, path)

    add(office, office.open_space("ana", "bruno"), path)


def test_only_a_file_of_a_size_that_is_there_is_read_for_it(
    office: Office, space: SpaceId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One read seals and hashes; a second is paid only where it may find something."""
    read: list[str] = []
    real = acquisition.sha256_of

    def counted(path: Path) -> bytes:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(duplicates, "sha256_of", counted)
    add(office, space, file(tmp_path, "a", b"1"))
    add(office, space, file(tmp_path, "b", b"22"))
    assert read == []

    for number in range(5):
        add(office, space, file(tmp_path, f"same-{number}", b"%d--" % number))

    assert sorted(read) == sorted(["same-0", "same-1", "same-2", "same-3", "same-4"])


def test_a_source_that_changed_since_stands_for_nothing(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    path = file(tmp_path, "disk.img", b"content")
    add(office, space, path)
    path.write_bytes(b"CONTENT")

    add(office, space, file(tmp_path, "other.img", b"CONTENT"))


def test_a_path_that_leads_to_another_name_is_refused(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="does not end in"):
        add(
            office,
            space,
            file(tmp_path, "a.txt", b"1"),
            facts={"folder-path": "Phone/b.txt"},
        )


def test_case_and_authority_of_the_newest_own_exhibit_are_remembered_for_the_next(
    office: Office, space: SpaceId, tmp_path: Path
) -> None:
    assert office.on("ana", exhibits.last_stated, space) == {}
    for number, case in enumerate(("1/26", "2/26")):
        facts = {"case": case, "authority": "PJ", "title": "Disk"}
        add(office, space, file(tmp_path, f"{number}.img", case.encode()), facts=facts)
    add(office, space, file(tmp_path, "bare.img", b"nothing is stated of it"))

    assert office.on("ana", exhibits.last_stated, space) == {"case": "2/26", "authority": "PJ"}
    assert office.on("bruno", exhibits.last_stated, space) == {}
