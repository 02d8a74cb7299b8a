"""Transfers and a person's orders cross: what was stopped or done does not start again."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient import handing_over, interventions, queueing, registering
from jitclient.evidence_io import source_stat
from jitclient.session import Session
from localstore import evidence, outbox
from localstore.connection import transaction
from protocol.errors import NotFoundError
from protocol.ids import FileId, SpaceId
from sync.terms import CancelledTransferError
from tests.jitclient.office import Office


@pytest.fixture(name="exhibit")
def _exhibit(office: Office, tmp_path: Path) -> tuple[SpaceId, FileId]:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    source = tmp_path / "photo.jpg"
    source.write_bytes(b"x" * 1000)
    found = registering.Found(source, source_stat(source), source.name, "E1")
    to = (office.people["bruno"].user,)
    return space, office.on("ana", registering.register, space, found, to)


def _set(session: Session, space: SpaceId, file: FileId, state: str) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, state=state)


def _state(session: Session, space: SpaceId, file: FileId) -> str:
    record = evidence.exhibit(session.stores.space(space), file)
    return record.state if record else "none"


@pytest.mark.parametrize("state", ["paused", "cancelled", "on-server", "withdrawn", "failed"])
def test_what_was_stopped_after_it_was_found_due_does_not_begin(
    office: Office, exhibit: tuple[SpaceId, FileId], state: str
) -> None:
    assert office.on("ana", queueing.due) == [exhibit]
    office.on("ana", _set, *exhibit, state)
    with pytest.raises(CancelledTransferError):
        office.on("ana", queueing.begin, *exhibit)
    assert office.on("ana", _state, *exhibit) == state
    assert office.on("ana", queueing.due) == []


def test_a_begun_transfer_is_still_due_after_a_restart(
    office: Office, exhibit: tuple[SpaceId, FileId]
) -> None:
    office.on("ana", queueing.begin, *exhibit)
    office.restart("ana")
    assert office.on("ana", queueing.due) == [exhibit]
    assert office.on("ana", queueing.begin, *exhibit).state == "uploading"


@pytest.mark.parametrize(("state", "stands"), [("on-server", False), ("uploading", True)])
def test_only_what_moves_can_be_paused(
    office: Office, exhibit: tuple[SpaceId, FileId], state: str, stands: bool
) -> None:
    office.on("ana", _set, *exhibit, state)
    assert office.on("ana", queueing.pause, *exhibit) is stands
    assert office.on("ana", _state, *exhibit) == ("paused" if stands else state)


def test_pausing_what_does_not_exist_is_told(
    office: Office, exhibit: tuple[SpaceId, FileId]
) -> None:
    with pytest.raises(NotFoundError):
        office.on("ana", queueing.pause, exhibit[0], FileId(bytes(16)))


def test_what_was_cancelled_is_not_handed_over(
    office: Office, exhibit: tuple[SpaceId, FileId], monkeypatch: pytest.MonkeyPatch
) -> None:
    space, file = exhibit
    office.on("ana", _set, space, file, "cancelled")
    sealed = handing_over.Sealed(b"", bytes(32), bytes(32), bytes(32))

    class Receipt:
        item, subject = file, bytes(32)

    Receipt.space = space  # type: ignore[attr-defined]
    monkeypatch.setattr("crypto.signatures.verify_store", lambda *_: Receipt)
    office.on("ana", handing_over._hand_over, space, file, sealed)
    assert office.on("ana", _state, space, file) == "cancelled"
    assert office.on("ana", lambda s: outbox.waiting(s.stores.space(space))) == 0


def test_a_withdrawal_without_recipients_goes_to_nobody(
    office: Office, exhibit: tuple[SpaceId, FileId]
) -> None:
    space, file = exhibit
    office.join("carla")
    for name, other in (("ana", "carla"), ("carla", "ana")):
        office.introduce(name, other)
    office.add("ana", space, "carla")
    office.exchange(space, "ana", "bruno", "carla")

    def handed_over(session: Session) -> None:
        sp = session.stores.space(space)
        with transaction(sp):
            evidence.update_exhibit(sp, file, state="on-server", message=bytes(16))

    office.on("ana", handed_over)
    office.remove("ana", space, "bruno")
    record = office.on("ana", lambda s: evidence.exhibit(s.stores.space(space), file))
    office.on("ana", interventions._withdrawn, space, record, "A mistake")
    office.exchange(space, "ana", "carla")
    assert office.on("ana", _state, space, file) == "withdrawn"
    assert office.alarms("carla") == []
