"""A revoked device and a removed member, given everything by a store that plays along."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from jitclient.session import Session
from localstore import again, alarms, evidence, messages, spaces
from protocol.api.spaces import Delivery
from protocol.envelope import Envelope
from protocol.errors import RefusedError
from protocol.ids import SpaceId, mailbox_id
from protocol.limits import MAX_AGAIN
from protocol.roles import Role
from sync.ports import Outgoing
from tests.jitclient.office import Office
from tests.jitclient.test_gaps import _notice, _send_notice

SECRET = ("The search begins at six.", "Take the second door.", "Nothing of this to Bruno.")


def listen(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[Outgoing]:
    """Everything that is posted from here on, as the store sees it."""
    posted: list[Outgoing] = []
    queue = office.queue

    def keep(item: Outgoing) -> None:
        posted.append(item)
        queue(item)

    monkeypatch.setattr(office, "queue", keep)
    return posted


def handed_over(office: Office, to: str, posted: list[Outgoing]) -> list[Delivery]:
    """Every envelope of these posts for one device: as it is, and addressed anew."""
    place, items = 1_000_000, []
    for item in posted:
        for packed in item.request.envelopes:
            envelope = Envelope.unpack(packed)
            mine = replace(envelope, to=mailbox_id(item.space, office.people[to].device)).pack()
            for one in (packed, mine):
                place += 1
                items.append(
                    Delivery(
                        index=place,
                        space=item.space,
                        message=item.message,
                        envelope=one,
                        body=item.request.body,
                    )
                )
    return items


def everything(office: Office, name: str, space: SpaceId) -> dict[str, object]:
    """All that a device can show of a space."""

    def look(session: Session) -> dict[str, object]:
        sp = session.stores.space(space)
        record = spaces.space(session.stores.device, space)
        rows = messages.messages(sp, 1000)
        return {
            "lines": [r.text for r in rows if r.kind != "event"],
            "exhibits": [e.name for e in evidence.exhibits(sp)],
            "title": record.title if record else None,
        }

    return office.on(name, look)


def reads_nothing(office: Office, name: str, space: SpaceId, posted: list[Outgoing]) -> None:
    """Give one device everything; it shows what it showed before, and its owner no word more."""
    before = everything(office, name, space)
    for _ in range(2):  # the log first, as in a round; then once more
        with contextlib.suppress(RefusedError):
            office.follow(name, space)
        items = handed_over(office, name, posted)
        assert len(items) >= 2 * len(SECRET)
        office.queues[name] = items
        office.deliver(name)
        office.queues[name] = []
    assert everything(office, name, space) == before
    alarms_ = office.on(name, lambda s: alarms.alarms(s.stores.device))
    said = [one.sentence for one in alarms_]
    events = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    assert not any(word in text for word in SECRET for text in (*said, *(e.text for e in events)))


def test_a_revoked_device_opens_nothing_later_whatever_the_store_hands_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.link("ana", "laptop")
    office.exchange(space, "ana", "bruno", "laptop", rounds=3)
    office.write("bruno", space, "Before it was lost.")
    office.exchange(space, "ana", "bruno", "laptop", rounds=2)
    assert office.texts("laptop", space) == ["Before it was lost."]
    posted = listen(office, monkeypatch)

    office.revoke("ana", "laptop")
    office.follow("bruno", space)
    for name, text in zip(("bruno", "ana", "bruno"), SECRET, strict=True):
        office.write(name, space, text)
        office.exchange(space, "ana", "bruno", rounds=2)

    assert office.texts("ana", space)[1:] == list(SECRET)
    lost = mailbox_id(space, office.people["laptop"].device)
    assert not any(Envelope.unpack(e).to == lost for i in posted for e in i.request.envelopes)
    reads_nothing(office, "laptop", space, posted)


def test_a_removed_member_opens_nothing_later_whatever_the_store_hands_him(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.join("ana", "bruno", "carla", "dora")
    space = office.open_space("ana", "bruno", "carla")
    office.write("bruno", space, "While I was here.")
    office.exchange(space, "ana", "bruno", "carla", rounds=2)
    posted = listen(office, monkeypatch)

    office.remove("ana", space, "bruno")
    office.follow("carla", space)
    office.add("ana", space, "dora", Role.INVESTIGATOR)
    for name, text in zip(("ana", "carla", "dora"), SECRET, strict=True):
        office.exchange(space, "ana", "carla", "dora", rounds=2)
        office.write(name, space, text)
    office.exchange(space, "ana", "carla", "dora", rounds=2)

    assert office.texts("ana", space)[1:] == list(SECRET)
    gone = mailbox_id(space, office.people["bruno"].device)
    assert not any(Envelope.unpack(e).to == gone for i in posted for e in i.request.envelopes)
    reads_nothing(office, "bruno", space, posted)


def test_nobody_who_was_removed_is_given_again_what_came_after(office: Office) -> None:
    """He asks, signed and in a session that stands, for what was never his."""
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    office.write("ana", space, "For all three.")
    office.exchange(space, "ana", "bruno", "carla", rounds=2)
    office.remove("ana", space, "bruno")
    later = office.write("ana", space, SECRET[0])
    office.exchange(space, "ana", "carla", rounds=2)
    notice = _notice(office, signer="bruno", space=space, messages=(later,))
    office.on("bruno", _send_notice, space, notice, office.people["ana"].user)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.post("ana", space) == 0
    device = office.people["bruno"].device
    given = office.on(
        "ana", lambda s: again.sent_between(s.stores.space(space), device, 1, 10**6, MAX_AGAIN)
    )
    assert later not in {row.message for row in given}
    assert office.alarms("ana") == ["removed-sender"]
