"""Comparing: one code checks both directions, and a comparison counts for one key only."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
import pytest

from crypto import fingerprint
from jitclient.deviceviews import Comparison
from jitclient.queries.spaces import one_space
from jitclient.session import Session
from jitclient.usecases import verify_member
from jitclient.views import Trust, Verification
from localstore import custody, owndevices, people
from localstore.connection import transaction
from localstore.people import Compared
from protocol import codec, verification
from protocol.errors import BadInputError, NotFoundError, VerificationError
from protocol.ids import SpaceId
from tests.jitclient.office import Office
from tests.support.people import make_person

T = TypeVar("T")
MALLORY = make_person("mallory")


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _space(office: Office) -> SpaceId:
    office.join("ana", "bruno", "carla")
    return office.open_space("ana", "bruno", "carla")


def _shown(office: Office, who: str, space: SpaceId, to: str) -> Verification:
    session, other = office.sessions[who], office.people[to].user
    return _run(verify_member.verify_member(session, space, other))


def _scan(office: Office, who: str, space: SpaceId, other: str, payload: str) -> Verification:
    user = office.people[other].user
    return _run(verify_member.verify_code(office.sessions[who], space, user, payload))


def test_the_code_of_the_other_side_verifies_as_the_digits_do(office: Office) -> None:
    space = _space(office)
    shown = _shown(office, "bruno", space, "ana")

    scanned = _scan(office, "ana", space, "bruno", shown.code)

    assert scanned.digits == shown.digits
    assert (scanned.trust, scanned.compared) == (Trust.VERIFIED, True)
    assert _shown(office, "ana", space, "bruno").trust is Trust.VERIFIED


def test_it_is_known_how_when_and_at_which_device_somebody_was_verified(office: Office) -> None:
    space = _space(office)
    ana, bruno = office.sessions["ana"], office.people["bruno"].user
    number = _shown(office, "bruno", space, "ana").digits
    assert _shown(office, "ana", space, "bruno").comparison is None
    office.on("ana", _name_device, "Office laptop")
    at = ana.clock.now()

    known = _run(verify_member.verify_member(ana, space, bruno, number))

    wanted = Comparison(how="number", at=at, device="Office laptop", here=True)
    (member,) = (one for one in office.on("ana", one_space, space).members if one.user == bruno)
    assert known.comparison == member.comparison == wanted

    key = office.on("ana", _verified, bruno)
    office.on("ana", _mark, bruno, key)
    before = _shown(office, "ana", space, "bruno").comparison
    assert before == Comparison(how="number", at=1, device="", here=False)

    _run(verify_member.numbers_differ(ana, space, bruno))
    assert _shown(office, "ana", space, "bruno").comparison is None


def test_a_code_in_which_either_key_is_another_verifies_nothing(office: Office) -> None:
    space = _space(office)
    true = verification.from_text(_shown(office, "bruno", space, "ana").code)
    false = fingerprint.fingerprint(MALLORY.user, codec.encode(MALLORY.listed.user_key))

    for changed in ({"shower_key": false}, {"reader_key": false}):
        payload = verification.to_text(msgspec.structs.replace(true, **changed))
        with pytest.raises(VerificationError, match="Bruno"):
            _scan(office, "ana", space, "bruno", payload)

    assert _shown(office, "ana", space, "bruno").trust is Trust.UNVERIFIED


def test_a_code_made_for_somebody_else_says_so(office: Office) -> None:
    space = _space(office)
    of_carla = _shown(office, "carla", space, "ana").code
    for_carla = _shown(office, "bruno", space, "carla").code
    own = _shown(office, "ana", space, "bruno").code

    for payload, sentence in (
        (of_carla, "is of Carla"),
        (for_carla, "not to you"),
        (own, "your own code"),
    ):
        with pytest.raises(BadInputError, match=sentence):
            _scan(office, "ana", space, "bruno", payload)


def test_everybody_but_oneself_stands_on_the_sheet_with_the_number_of_the_pair(
    office: Office,
) -> None:
    space = _space(office)

    rows = _run(verify_member.verification_sheet(office.sessions["ana"], space))

    assert [one.name for one in rows] == ["Bruno", "Carla"]
    assert rows[0] == _shown(office, "ana", space, "bruno")
    assert rows[0].digits == _shown(office, "bruno", space, "ana").digits


def test_numbers_that_differ_take_the_mark_away_and_are_on_record(office: Office) -> None:
    space = _space(office)
    _scan(office, "ana", space, "bruno", _shown(office, "bruno", space, "ana").code)

    told = _run(
        verify_member.numbers_differ(office.sessions["ana"], space, office.people["bruno"].user)
    )

    assert told.trust is Trust.UNVERIFIED
    assert not told.compared
    assert office.on("ana", _acts, space)[-2:] == ["verified", "numbers-differ"]


def test_a_key_that_changed_between_showing_and_comparing_is_not_verified(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing runs beside the database thread, where a log entry may move the key meanwhile."""
    space = _space(office)
    shown = _shown(office, "bruno", space, "ana")
    hashed = verify_member._fingerprints

    def meanwhile(session: Session, pair: verify_member._Pair) -> tuple[bytes, bytes]:
        lists = session.logs[space].lists
        lists[pair.user] = msgspec.structs.replace(
            lists[pair.user], user_key=MALLORY.listed.user_key
        )
        return hashed(session, pair)

    monkeypatch.setattr(verify_member, "_fingerprints", meanwhile)
    with pytest.raises(VerificationError, match="changed while"):
        _scan(office, "ana", space, "bruno", shown.code)

    assert office.on("ana", _verified, office.people["bruno"].user) is None


def test_what_was_compared_before_shows_when_the_key_is_another(office: Office) -> None:
    space = _space(office)
    user = office.people["bruno"].user
    office.on("ana", _mark, user, bytes(32))

    assert _shown(office, "ana", space, "bruno").trust is Trust.CHANGED


def test_nobody_outside_the_space_is_compared(office: Office) -> None:
    space = _space(office)
    office.join("dora")

    with pytest.raises(NotFoundError):
        _shown(office, "ana", space, "dora")
    with pytest.raises(BadInputError):
        _shown(office, "ana", space, "ana")


def _acts(session: Session, space: SpaceId) -> list[str]:
    return [one.kind for one in custody.events(session.stores.space(space))]


def _verified(session: Session, user: bytes) -> bytes | None:
    return people.verified_key(session.stores.device, user)


def _name_device(session: Session, name: str) -> None:
    with transaction(session.stores.device):
        owndevices.rename(session.stores.device, session.device, name)


def _mark(session: Session, user: bytes, digest: bytes) -> None:
    with transaction(session.stores.device):
        people.set_verified(
            session.stores.device,
            Compared(user=user, user_key=digest, how="number", at=1, device=None),
        )
