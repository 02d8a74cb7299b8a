"""The past: nothing of it goes to a new member until a signed entry opens it; then once, whole."""

from __future__ import annotations

import pytest

from crypto import signatures
from crypto.filestream import FileShape
from jitclient import sealing, sharing
from jitclient.place import place
from jitclient.session import Session
from jitclient.usecases import share_history
from localstore import evidence, messages
from localstore import sharing as store
from localstore.connection import transaction
from localstore.messages import MessageRecord
from localstore.sharing import Grant
from protocol.content import History, Told
from protocol.errors import BadInputError, NotFoundError, NotPermittedError
from protocol.ids import SpaceId, UserId
from protocol.manifest import Manifest
from tests.jitclient.office import Office

EVERYBODY = ("ana", "bruno", "carla")


def _late_member(office: Office, said: int = 3) -> SpaceId:
    """Ana and Bruno have talked; Carla came after that."""
    office.join(*EVERYBODY)
    space = office.open_space("ana", "bruno")
    for number in range(said):
        who = EVERYBODY[number % 2]
        office.write(who, space, f"Line {number}.")
        office.exchange(space, "ana", "bruno", rounds=2)
    office.add("ana", space, "carla")
    office.exchange(space, *EVERYBODY, rounds=2)
    return space


def _grant(office: Office, space: SpaceId, since: int = 0, admin: str = "ana") -> None:
    user = office.people["carla"].user
    office.append(admin, space, office.on(admin, share_history.grant, space, user, since))


def _rows(office: Office, name: str, space: SpaceId) -> list[MessageRecord]:
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return [row for row in rows if row.kind in {"text", "exhibit"}]


def test_a_new_member_has_nothing_of_the_past_until_an_entry_opens_it(office: Office) -> None:
    space = _late_member(office)
    office.exchange(space, *EVERYBODY, rounds=3)
    assert office.texts("carla", space) == []

    _grant(office, space)
    office.exchange(space, *EVERYBODY, rounds=2)

    assert office.texts("carla", space) == office.texts("ana", space)
    ana, bruno = (office.people[name].user for name in ("ana", "bruno"))
    rows = _rows(office, "carla", space)
    assert {row.told_by for row in rows} == {ana}
    assert [row.author_user for row in rows] == [ana, bruno, ana]
    for name in EVERYBODY:
        assert office.alarms(name) == []
        events = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
        assert any(row.text == "Ana opened earlier messages to Carla." for row in events)


def test_only_what_lies_after_the_entry_named_is_shared(office: Office) -> None:
    space = _late_member(office)
    office.write("ana", space, "After Carla came.")
    office.exchange(space, *EVERYBODY, rounds=2)
    _grant(office, space, since=2)  # the entry that added her

    office.exchange(space, *EVERYBODY, rounds=2)

    assert office.texts("carla", space) == ["After Carla came."]
    assert _rows(office, "carla", space)[0].told_by == b"", "she has it first-hand"


def test_a_long_past_comes_in_bounded_messages_and_survives_a_crash(office: Office) -> None:
    office.join(*EVERYBODY)
    space = office.open_space("ana", "bruno")
    long = "x" * 20_000
    for number in range(8):
        office.write("ana", space, f"{number} {long}")
    office.exchange(space, "ana", "bruno", rounds=2)
    office.add("ana", space, "carla")
    office.exchange(space, *EVERYBODY)
    _grant(office, space)
    (grant,) = office.on("ana", lambda s: store.grants(s.stores.space(space)))

    office.on("ana", _one_batch, space, grant)  # and the program dies
    office.restart("ana")
    office.exchange(space, *EVERYBODY, rounds=2)

    assert office.texts("carla", space) == [f"{number} {long}" for number in range(8)]
    assert office.on("ana", lambda s: store.grants(s.stores.space(space))) == []
    kinds = office.on("ana", _kinds, space)
    assert kinds.count("past") >= 3


def _one_batch(session: Session, space: SpaceId, grant: Grant) -> None:
    at = place(session, space)
    with transaction(at.sp):
        assert sharing._send(at, grant) is not None


def _kinds(session: Session, space: SpaceId) -> list[str]:
    found = session.stores.space(space).execute("SELECT kind FROM message").fetchall()
    return [str(row[0]) for row in found]


def test_what_was_addressed_to_some_only_is_not_handed_on(office: Office) -> None:
    office.join(*EVERYBODY, "dario")
    space = office.open_space("ana", "bruno", "carla")
    text = office.write("bruno", space, "For Ana alone.")
    office.exchange(space, "bruno", "ana", "carla", rounds=2)
    only = (office.people["ana"].user,)
    office.on("ana", lambda s: messages.update_message(s.stores.space(space), text, audience=only))
    office.add("ana", space, "dario")
    office.exchange(space, "ana", "bruno", "carla", "dario")
    user = office.people["dario"].user
    office.append("ana", space, office.on("ana", share_history.grant, space, user, 0))

    office.exchange(space, "ana", "dario", rounds=2)

    assert office.texts("dario", space) == []


@pytest.mark.parametrize("who", ["carla", "bruno"])
def test_only_an_administrator_opens_the_past_and_only_to_another_member(
    office: Office, who: str
) -> None:
    space = _late_member(office)
    user = office.people["carla"].user

    with pytest.raises(NotPermittedError):
        office.on(who, share_history.grant, space, user, 0)
    with pytest.raises(BadInputError):
        office.on("ana", share_history.grant, space, office.people["ana"].user, 0)
    with pytest.raises(NotFoundError):
        office.on("ana", share_history.grant, space, UserId(b"n" * 16), 0)
    with pytest.raises(BadInputError):
        office.on("ana", share_history.grant, space, user, 99)


# --- a teller who may not ------------------------------------------------------------------------


def _told(office: Office, **changed: object) -> Told:
    fields: dict[str, object] = {
        "message": b"m" * 16,
        "author": office.people["bruno"].user,
        "device": office.people["bruno"].device,
        "log_seq": 1,
        "lamport": 1,
        "claimed_at": office.clock.now(),
        "text": "He never said this.",
        "manifest": None,
        "file_key": None,
        **changed,
    }
    return Told(version=1, **fields)  # type: ignore[arg-type]


def _tell(session: Session, space: SpaceId, told: History, to: UserId) -> None:
    at = place(session, space)
    with transaction(at.sp):
        sealing.compose(at, sealing.Draft(content=told, kind="past", audience=(to,)))


@pytest.mark.parametrize(
    ("teller", "granted", "changed", "code"),
    [
        ("bruno", 3, {}, "not-granted"),
        ("ana", 2, {}, "not-granted"),
        ("ana", 0, {}, "not-granted"),
        ("ana", 99, {}, "not-granted"),
        ("ana", 3, {"log_seq": 3}, "forged"),
        ("ana", 3, {"log_seq": 0}, "forged"),
        ("ana", 3, {"device": b"d" * 16}, "forged"),
        ("ana", 3, {"author": b"a" * 16}, "forged"),
    ],
    ids=[
        "not the granting device",
        "another kind of entry",
        "the genesis",
        "an entry to come",
        "of the time after",
        "of the time before",
        "a device of nobody",
        "another author",
    ],
)
def test_a_past_that_was_not_opened_is_refused(
    office: Office, teller: str, granted: int, changed: dict[str, object], code: str
) -> None:
    space = _late_member(office)
    _grant(office, space, since=1)
    office.exchange(space, *EVERYBODY, rounds=2)
    before = office.texts("carla", space)
    told = History(version=1, granted=granted, lines=(_told(office, **changed),))
    office.on(teller, _tell, space, told, office.people["carla"].user)
    office.post(teller, space)

    office.deliver("carla")

    assert office.texts("carla", space) == before
    assert office.alarms("carla") == [code]


def test_the_policy_is_changed_by_a_signed_entry_and_everybody_sees_it(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    signed = office.on("ana", share_history.policy, space, verified_only=True)
    office.append("ana", space, signed)
    office.exchange(space, "ana", "bruno")

    for name in ("ana", "bruno"):
        assert office.on(name, lambda s: s.log(space).roster.verified_only)
        rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 100))
        assert any("verified members only" in row.text for row in rows)
    with pytest.raises(NotPermittedError):
        office.on("bruno", share_history.policy, space, verified_only=False)


def test_an_exhibit_of_the_past_comes_with_its_manifest_and_says_where_its_bytes_are(
    office: Office,
) -> None:
    space = _late_member(office)
    data, key = office.on("bruno", _manifest, space)
    line = _told(office, manifest=data, file_key=key)
    _grant(office, space, since=1)
    told = History(version=1, granted=3, lines=(line,))
    office.on("ana", _tell, space, told, office.people["carla"].user)
    office.post("ana", space)
    office.follow("carla", space)

    office.deliver("carla")

    (row,) = office.on("carla", lambda s: evidence.exhibits(s.stores.space(space)))
    assert (row.name, row.state, row.file_key) == ("plan.pdf", "failed", key)
    assert row.facts == (("title", "The plan"), ("tlp", "GREEN"))
    assert "hand it over again" in row.problem
    assert row.author_user == office.people["bruno"].user


def _manifest(session: Session, space: SpaceId) -> tuple[bytes, bytes]:
    shape = FileShape(1000)
    manifest = Manifest(
        version=1,
        file=b"f" * 16,
        space=space,
        suite=1,
        name="plan.pdf",
        mime="application/pdf",
        exhibit="E-1",
        facts=(("title", "The plan"), ("tlp", "GREEN")),
        size=1000,
        padded=shape.padded,
        parts=shape.parts,
        salt=b"s" * 24,
        commitment=b"c" * 32,
        root=b"r" * 32,
        sha256=b"h" * 32,
        log_seq=1,
        log_head=session.log(space).heads[1],
        claimed_at=session.clock.now(),
    )
    return signatures.sign(session.signing, session.device, manifest), b"k" * 32
