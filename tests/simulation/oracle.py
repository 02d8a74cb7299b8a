"""The laws. Each is a function that raises `ViolationError` with the law's name.

During the run the oracle asks what must hold at every moment; after quiescence also what must have
come about: nothing acknowledged is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.session import WIPED_STATES
from localstore import alarms, messages, spacelog, spaces
from localstore.alarms import AlarmRecord
from localstore.messages import MessageRecord
from localstore.spaces import SpaceRecord
from protocol.ids import SpaceId
from tests.simulation.device import Device
from tests.simulation.truth import SpaceTruth, Written
from tests.simulation.world import ViolationError, World

NOTICES = frozenset({"no-prekeys", "prekeys-expired", "prekeys-drained", "messages-missing"})
"""What bad weather may make a device say; everything else accuses somebody."""
MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """One space as one device has it."""

    device: Device
    record: SpaceRecord
    entries: list[bytes]
    rows: list[MessageRecord]

    @property
    def texts(self) -> list[str]:
        return [row.text for row in self.rows if row.kind == "text"]

    def row(self, text: str) -> MessageRecord | None:
        return next((r for r in self.rows if r.kind == "text" and r.text == text), None)


def held(world: World, device: Device) -> dict[SpaceId, Held]:
    """Everything a device can still read."""
    session = device.session

    def look() -> dict[SpaceId, Held]:
        found = {}
        for record in spaces.spaces(session.stores.device):
            space = SpaceId(record.space)
            if record.state in WIPED_STATES or record.log_seq < 0:
                continue
            sp = session.stores.space(space)
            rows = messages.messages(sp, MANY)
            found[space] = Held(device, record, spacelog.entries(sp), rows)
        return found

    return session.database.call(look)


def at_any_time(world: World, device: Device) -> None:
    """What holds for a device at every moment, whatever the weather."""
    no_accusation(world, device)
    for space, one in held(world, device).items():
        truth = world.truth.space(space)
        one_log(one, truth)
        nothing_doubled(one)
        nobody_reads_what_he_may_not(world, one, truth)
        order_of_each_sender(one)
        replies_after_their_parents(one)


def no_accusation(world: World, device: Device) -> None:
    """Weather alone accuses nobody; that a removed member's words came too late is told."""
    session = device.session
    found = session.database.call(lambda: alarms.alarms(session.stores.device))
    for alarm in found:
        if alarm.code == "removed-sender" and _somebody_went(world, alarm.space):
            continue
        if alarm.code == "device-revoked" and device.revoked:
            continue
        if _is_asked(world, device, alarm):
            continue
        if alarm.code not in NOTICES:
            raise ViolationError(
                "weather-accuses-nobody", f"{device.name}: {alarm.code}: {alarm.sentence}"
            )


def _is_asked(world: World, device: Device, alarm: AlarmRecord) -> bool:
    """Who lost everything is told so long as nobody let him in, and asked about further devices.

    Of a ghost only where a device was revoked, which may have made the list that let him in. The
    others are told that he has another key, and decide.
    """
    if alarm.code in {"key-substituted", "key-changed"}:
        lost = [
            one.name.title() for one in world.people.values() if world.lost_everything(one.user)
        ]
        return any(name in alarm.sentence for name in lost)
    if not world.lost_everything(device.user):
        return False
    if alarm.key == "own-devices":
        revoked = world.truth.revoked(device.user)
        return alarm.code == "own-device-unknown" or (alarm.code == "ghost-member" and revoked)
    return alarm.code == "not-renewed"


def _somebody_went(world: World, space: bytes | None) -> bool:
    """Whether a cut may have ended somebody's words: a member or a device is gone."""
    now = world.truth.space(SpaceId(space or b"")).now
    return bool(now.removed or now.revoked)


def one_log(one: Held, truth: SpaceTruth) -> None:
    """Every member's log is a prefix of one log."""
    if one.record.state == "creating":
        return
    if one.entries != truth.entries[: len(one.entries)]:
        raise ViolationError("one-log", f"{one.device.name} has another log than the store")


def nothing_doubled(one: Held) -> None:
    """No message stands twice on a screen."""
    texts = one.texts
    if len(set(texts)) != len(texts):
        twice = sorted({t for t in texts if texts.count(t) > 1})
        raise ViolationError("nothing-doubled", f"{one.device.name} shows twice: {twice}")


def nobody_reads_what_he_may_not(world: World, one: Held, truth: SpaceTruth) -> None:
    """A device holds a text only if it stood in the log its author saw."""
    device = one.device
    for row in one.rows:
        if row.kind != "text":
            continue
        said = world.truth.written.get(row.text)
        if said is None or said.space != one.record.space or said.user != row.author_user:
            raise ViolationError("nothing-invented", f"{device.name} shows “{row.text}”")
        if row.author_device == device.device:
            continue
        if not truth.entitled(device.user, device.device, row.log_seq):
            raise ViolationError(
                "nobody-reads-what-he-may-not",
                f"{device.name} holds “{row.text}”, written at log entry {row.log_seq}",
            )


def order_of_each_sender(one: Held) -> None:
    """On the screen the messages of one device stand as it wrote them."""
    last: dict[bytes, int] = {}
    for row in one.rows:
        if row.kind != "text":
            continue
        if row.sender_seq <= last.get(row.author_device, 0):
            raise ViolationError("sender-order", f"{one.device.name}: “{row.text}” is out of order")
        last[row.author_device] = row.sender_seq


def replies_after_their_parents(one: Held) -> None:
    """An answer never stands before what it answers."""
    place = {row.message: at for at, row in enumerate(one.rows)}
    for at, row in enumerate(one.rows):
        if row.reply_to is not None and place.get(row.reply_to, -1) > at:
            raise ViolationError(
                "reply-order", f"{one.device.name}: “{row.text}” precedes its parent"
            )


# --- after quiescence ----------------------------------------------------------------------------


def at_the_end(world: World) -> None:
    """Everything: what holds at any time, and that nothing acknowledged was lost."""
    everything = {device.name: held(world, device) for device in world.devices()}
    for device in world.devices():
        at_any_time(world, device)
    for space in world.spaces:
        truth = world.truth.space(space)
        if not truth.entries:
            continue
        here = [one[space] for one in everything.values() if space in one]
        if truth.now.closed:
            closed_is_wiped(world, truth, here)
            continue
        everybody_knows_the_log(world, here, truth)
        same_order_for_all(here)
        for said in world.truth.written.values():
            if said.space == space:
                nothing_lost(world, said, truth, here)
        for one in here:
            receipts_count(world, one, here)
            unread_counts(one)
            welcomed(one, truth, here)


def everybody_knows_the_log(world: World, here: list[Held], truth: SpaceTruth) -> None:
    """Members have the whole log; who was removed has it up to his removal."""
    there = {one.device.name for one in here}
    for device in world.devices():
        member = truth.entitled(device.user, device.device, truth.now.seq) and not device.revoked
        if member and device.name not in there:
            raise ViolationError("one-log", f"{device.name} has nothing of a space of his")
    for one in here:
        device = one.device
        member = truth.entitled(device.user, device.device, truth.now.seq) and not device.revoked
        if member and len(one.entries) != len(truth.entries):
            raise ViolationError("one-log", f"{device.name} lacks entries after quiescence")


def same_order_for_all(here: list[Held]) -> None:
    """Two screens show what they share in the same order."""
    for first in here:
        for second in here:
            ours, theirs = set(first.texts), set(second.texts)
            if [t for t in first.texts if t in theirs] != [t for t in second.texts if t in ours]:
                names = f"{first.device.name} and {second.device.name}"
                raise ViolationError("same-order", f"{names} show different orders")


def nothing_lost(world: World, said: Written, truth: SpaceTruth, here: list[Held]) -> None:
    """What the store acknowledged to a living author is at everybody entitled, once."""
    author = next((one for one in here if one.device.device == said.device), None)
    row = author.row(said.text) if author else None
    if author is None or row is None or author.device.revoked:
        return  # never committed, or its device is gone and sends nothing more
    if row.state == "refused":
        wrote = truth.stayed(said.user, said.device, row.log_seq)
        if wrote and _has_readers(truth, row, said):
            raise ViolationError("nothing-lost", f"“{said.text}” was refused: {row.problem}")
        return
    if not truth.stayed(said.user, said.device, row.log_seq):
        return  # beyond a cut, perhaps: `cut_is_kept` looks at those
    if row.state == "saved" and _has_readers(truth, row, said):
        raise ViolationError("nothing-lost", f"“{said.text}” never reached the store")
    for one in here:
        device = one.device
        gone = device.revoked or device.device == said.device
        if gone or one.row(said.text) is not None:
            continue
        if truth.stayed(device.user, device.device, row.log_seq):
            raise ViolationError(
                "nothing-lost", f"“{said.text}” (log {row.log_seq}) is not at {device.name}"
            )


def _has_readers(truth: SpaceTruth, row: MessageRecord, said: Written) -> bool:
    return any(
        truth.stayed(user, device, row.log_seq)
        for user, devices in truth.devices[row.log_seq].items()
        for device in devices
        if device != said.device
    )


def standing(truth: SpaceTruth, here: list[Held]) -> list[Held]:
    """Those who are members now, by devices that the store lets in."""
    return [
        one
        for one in here
        if truth.entitled(one.device.user, one.device.device, truth.now.seq)
        and not one.device.revoked
    ]


def receipts_count(world: World, one: Held, here: list[Held]) -> None:
    """“Received by N of M” never exceeds the truth, and after quiescence tells all of it."""
    session = one.device.session
    space = SpaceId(one.record.space)
    truth = world.truth.space(space)
    holders = {(other.device.user, text) for other in here for text in other.texts}
    able = {(other.device.user, text) for other in standing(truth, here) for text in other.texts}
    for row in one.rows:
        if row.kind != "text" or row.author_device != one.device.device:
            continue
        found = session.database.call(messages.deliveries, session.stores.space(space), row.message)
        for user, at in found:
            has = (user, row.text) in holders
            name = world.name_of(user)
            if at is not None and not has:
                raise ViolationError("receipts-count", f"{name} is said to have “{row.text}”")
            member = truth.now.members.get(user)  # type: ignore[call-overload]
            stayed = member is not None and member.added_seq <= row.log_seq
            writes = truth.stayed(one.device.user, one.device.device, row.log_seq)
            told = not world.weather.counts.get("lost everything")  # else some were held back
            if at is None and (user, row.text) in able and stayed and writes and told:
                raise ViolationError("receipts-count", f"no receipt of {name} for “{row.text}”")


def welcomed(one: Held, truth: SpaceTruth, here: list[Held]) -> None:
    """Who is a member knows what the space is, whoever let him in, if any member knows it."""
    if not any(other.record.title for other in standing(truth, here)):
        return  # who alone knew it lost every device
    member = truth.entitled(one.device.user, one.device.device, truth.now.seq)
    if member and not one.device.revoked and (one.record.state != "open" or not one.record.title):
        raise ViolationError(
            "welcomed", f"{one.device.name} is still {one.record.state} “{one.record.title}”"
        )


def unread_counts(one: Held) -> None:
    """The number at the space is the number of unread lines."""
    unread = sum(row.unread for row in one.rows)
    if one.record.unread != unread:
        raise ViolationError(
            "unread-counts", f"{one.device.name} counts {one.record.unread}, has {unread}"
        )


def closed_is_wiped(world: World, truth: SpaceTruth, here: list[Held]) -> None:
    """Of a closed space nothing can be read at its members any more."""
    for one in here:
        member = truth.entitled(one.device.user, one.device.device, truth.now.seq)
        if member and not one.device.revoked:
            raise ViolationError("closed-is-wiped", f"{one.device.name} still has the space")
