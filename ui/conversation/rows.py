"""Makes timeline rows from messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient import factviews
from jitclient.views import ExhibitRow, MessageKind, MessageRow, MessageState, Missing
from protocol.ids import FileId, MessageId
from ui import words
from ui.conversation.pointing import reworded
from ui.conversation.state import (
    DayRow,
    EventRow,
    ExhibitLine,
    MessageItem,
    MissingRow,
    ReplyLine,
    TimelineRow,
    UnreadRow,
)
from ui.language import told, tr, trn
from ui.theme.tokens import Tone
from ui.words import Badge

_RUN_SECONDS: Final = 300
_REPLY_CHARS: Final = 120
_LATE_SECONDS: Final = 60  # what crossed on its way is not late


def build(
    messages: Sequence[MessageRow],
    exhibits: Mapping[FileId, ExhibitRow],
    *,
    unread_from: MessageId | None,
    zone: tzinfo | None,
) -> tuple[TimelineRow, ...]:
    """Rows in reading order: day headings, gaps, the unread line, messages and events."""
    by_id = {one.message: one for one in messages}
    late = came_late(messages)
    rows: list[TimelineRow] = []
    day = ""
    before: MessageRow | None = None
    for one in messages:
        heading = words.day(_at(one), zone)
        if heading != day and one.message not in late:
            rows.append(DayRow(f"day-{one.message.hex()}", heading))
            day, before = heading, None
        if one.message == unread_from:
            rows.append(UnreadRow("unread", tr("New since you were last here")))
            before = None
        lacks = _missing(one) if one.missing_before else None
        if lacks is not None:
            rows.append(lacks)
            before = None
        if one.kind is MessageKind.EVENT:
            rows.append(_event(one, zone))
            before = None
            continue
        item = replace(_message(one, before, by_id, exhibits, zone), lacks=lacks)
        if one.told_by:
            shared = Badge(tr("Shared by {told_by}", told_by=words.plain(one.told_by)), "history")
            item = replace(item, badge=shared)
        elif one.message in late:
            came = tr("Came late, {time}", time=words.stamp(one.received_at, zone))
            item = replace(item, badge=Badge(came, "clock", Tone.WARN))
        rows.append(item)
        before = one
    return tuple(rows)


def came_late(messages: Sequence[MessageRow]) -> frozenset[MessageId]:
    """Messages that took a place before what stood here already: lost, and sent again.

    Their day is that of their place, so that a late one starts no day of its own.
    """
    late = set()
    soonest: int | None = None  # when the first of those that stand below was here
    for one in reversed(messages):
        here = _at(one)
        if one.told_by:
            continue  # of the past, by somebody's word: its own time is not known here
        incoming = not one.mine and one.kind is not MessageKind.EVENT
        if incoming and soonest is not None and here - soonest > _LATE_SECONDS:
            late.add(one.message)
            continue
        soonest = here if soonest is None else min(soonest, here)
    return frozenset(late)


def _missing(one: MessageRow) -> MissingRow:
    single, several, icon, tone, hint = _MISSING[one.missing]
    text = trn(single, several, one.missing_before, name=words.plain(one.author_name))
    device = tr("Device {device}", device=one.author_device.hex()[:8])
    badge = Badge(text, icon, tone)
    return MissingRow(f"missing-{one.message.hex()}", badge, tr(hint), one.message, device)


_MISSING: Final = {
    Missing.NOTHING: (
        "{count} message of {name} missing here",
        "{count} messages of {name} missing here",
        "triangle-alert",
        Tone.WARN,
        "They may still arrive; if not, they are asked for by themselves.",
    ),
    Missing.ASKED: (
        "{count} message of {name} missing here, asked for again",
        "{count} messages of {name} missing here, asked for again",
        "refresh-cw",
        Tone.WARN,
        "The author's device sends them again as soon as it is online. Nothing to do.",
    ),
    Missing.LOST: (
        "{count} message of {name} missing here, could not be had",
        "{count} messages of {name} missing here, could not be had",
        "circle-x",
        Tone.DANGER,
        "The author's device did not send them again. Ask the author what they said.",
    ),
}


def reply_line(message: MessageRow) -> ReplyLine:
    """A message in one short line."""
    flat = " ".join(reworded(message.text, message.spots)[0].split())
    text = flat if len(flat) <= _REPLY_CHARS else flat[: _REPLY_CHARS - 1] + "…"
    return ReplyLine(message.message, words.plain(message.author_name), text or tr("An exhibit"))


def key_of(message: MessageId) -> str:
    """The key of a message's row."""
    return f"message-{message.hex()}"


def _at(one: MessageRow) -> int:
    return one.claimed_at if one.mine or one.told_by else one.received_at


def _event(one: MessageRow, zone: tzinfo | None) -> EventRow:
    key = f"event-{one.message.hex()}"
    text = told(words.plain(one.text))
    return EventRow(key, text, words.clock(_at(one), zone), words.iso(_at(one)))


def _message(
    one: MessageRow,
    before: MessageRow | None,
    by_id: Mapping[MessageId, MessageRow],
    exhibits: Mapping[FileId, ExhibitRow],
    zone: tzinfo | None,
) -> MessageItem:
    answered = by_id.get(one.reply_to) if one.reply_to is not None else None
    reply = reply_line(answered) if answered is not None else None
    if reply is None and one.reply_to is not None:
        reply = ReplyLine(one.reply_to, "", tr("An earlier message"))
    heads = before is None or before.author != one.author or _at(one) - _at(before) > _RUN_SECONDS
    text, links = reworded("" if one.kind is MessageKind.EXHIBIT else one.text, one.spots)
    return MessageItem(
        key=key_of(one.message),
        message=one.message,
        author=tr("You") if one.mine else words.plain(one.author_name),
        place=_place(one),
        seed=one.author,
        mine=one.mine,
        heads=heads,
        text=text,
        at=words.clock(_at(one), zone),
        exact=_exact(one, zone),
        badge=words.message_badge(one),
        reply=reply,
        exhibit=_exhibit(one, exhibits),
        problem=told(one.problem) if one.state is MessageState.REFUSED else "",
        receipts=tuple(
            (words.plain(by.name), words.stamp(by.at, zone) if by.at is not None else tr("not yet"))
            for by in one.received_by
        ),
        note=words.plain(one.author_note),
        links=links,
        mentions_me=one.mentions_me,
        edited=_edited(one, zone),
        thread=one.thread or one.message,
        answers=_answers(one),
    )


def _place(one: MessageRow) -> str:
    """Authority, country, and the role in the space."""
    role = words.ROLES[one.author_role] if one.author_role is not None else ""
    parts = (words.plain(one.author_authority), words.plain(one.author_country), role)
    return " · ".join(part for part in parts if part)


def _answers(one: MessageRow) -> str:
    if not one.answers:
        return ""
    said = trn("{count} answer", "{count} answers", one.answers)
    if not one.new_answers:
        return said
    new = trn("{count} new", "{count} new", one.new_answers)
    return f"{said}, {new}"


def _edited(one: MessageRow, zone: tzinfo | None) -> str:
    if one.edited_at is None:
        return ""
    return tr("edited {time}", time=words.clock(one.edited_at, zone))


def _exact(one: MessageRow, zone: tzinfo | None) -> str:
    parts = [tr("Written {claimed_at}", claimed_at=words.iso(one.claimed_at, zone))]
    if not one.mine:
        parts.append(tr("Received {received_at}", received_at=words.iso(one.received_at, zone)))
    elif one.on_server_at is not None:
        parts.append(
            tr("On the server {on_server_at}", on_server_at=words.iso(one.on_server_at, zone))
        )
    return "\n".join(parts)


def _exhibit(one: MessageRow, exhibits: Mapping[FileId, ExhibitRow]) -> ExhibitLine | None:
    if one.file is None:
        return None
    row = exhibits.get(one.file)
    if row is None:
        return ExhibitLine(one.file, "", tr("Exhibit"), "", "", words.Badge("", ""), None)
    stem, extension = words.extension(words.plain(row.name))
    moving = row.state in words.MOVING and row.total > 0
    return ExhibitLine(
        row.file,
        words.plain(row.exhibit),
        stem,
        extension,
        words.size(row.size),
        words.exhibit_badge(row),
        words.percent(row.done, row.total) if moving else None,
        tuple(words.plain(mark) for mark in factviews.marks(row.facts)),
    )
