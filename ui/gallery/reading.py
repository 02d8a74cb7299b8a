"""Pages of what is read: type, numbers, states, messages to the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ui import words
from ui.errors.cards import ErrorCard
from ui.gallery.specimens import Group, Page, Specimen
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.bar import Bar
from ui.widgets.chip import Chip
from ui.widgets.digits import Digits
from ui.widgets.elided import Elided
from ui.widgets.empty import Empty
from ui.widgets.facts import Fact
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.prose import Prose
from ui.widgets.skeleton import Skeleton
from ui.widgets.starting import Starting
from ui.widgets.text import Text
from ui.words import Badge

_LOOKS: Final = (
    ("wall", "page", "title", "lead", "strong", "body", "secondary"),
    ("dense", "densestrong", "label", "caption", "overline", "danger", "ok"),
)
_NAME: Final = "2026-11-02_server-03_Geschäftsleitung_Kontoauszüge_endgültig (2).E01"
_MAIL: Final = "The search starts at 06:00 in Hamburg, Πειραιάς and Пловдив.\n<b>No markup</b>."
_LONG: Final = (
    "Jan has the order of the court; the second image is at the store, its hash is read aloud "
    "at nine, and nobody opens the container before customs have sealed it."
)
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ICONS: Final = {
    Tone.NEUTRAL: ("Cancelled", "ban"),
    Tone.ACCENT: ("Uploading", "upload"),
    Tone.OK: ("On the server", "server"),
    Tone.WARN: ("Not verified", "shield"),
    Tone.DANGER: ("Damaged", "shield-x"),
    Tone.VERIFIED: ("Verified", "shield-check"),
}


def _type() -> Sequence[Group]:
    sizes = [Specimen(look, Text("Åß Żó Ωπ Жд 0128", look)) for look in _LOOKS[0]]
    small = [Specimen(look, Text("Åß Żó Ωπ Жд 0128", look)) for look in _LOOKS[1]]
    wrapped = [
        Specimen("Wrapped", Text(_LONG, "body", wrap=True)),
        Specimen("Elided in the middle", Elided(_NAME, "strong")),
        Specimen("Elided at the end", Elided(_NAME, mode=Qt.TextElideMode.ElideRight)),
    ]
    prose = [
        Specimen("Plain characters", Prose(_MAIL)),
        Specimen("Selected", _selected()),
        Specimen("Long text", Prose(_LONG)),
    ]
    return [
        Group("Text, large", sizes[:4], across=2),
        Group("Text, body", sizes[4:], across=4),
        Group("Text, small", small, across=4),
        Group("Text, Elided", wrapped, across=3),
        Group("Prose", prose, across=3),
    ]


def _selected() -> Prose:
    made = Prose(_MAIL)
    made.resize(made.sizeHint())
    press, double = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick
    for kind in (press, double):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, QPointF(60, 8), QPointF(60, 8), left, left, none)
        QApplication.sendEvent(made, event)
    return made


def _numbers() -> Sequence[Group]:
    at, zone = 1_795_000_000, words.fixed(1)
    sizes = ", ".join(words.size(one) for one in (0, 999, 1536, 268_435_456, 9 * 1024**4))
    facts = [
        Specimen("Sizes", Fact("Size", sizes)),
        Specimen("Rate and rest", Fact("Motion", _motion())),
        Specimen("Date and zone", Fact("Handed over", words.stamp(at, zone))),
        Specimen("Exact", Fact("On record", words.iso(at, zone))),
        Specimen("Copied", Fact("Officer", "K 3/118", copy=True)),
        Specimen("Empty", Fact("Place", "–")),
    ]
    hashes = [
        Specimen("Hash, copied", Fact("SHA-256", _HASH, mono=True, copy=True)),
        Specimen("Long text", Fact("File name", _NAME)),
    ]
    groups = words.grouped("".join(f"{(n * 7919) % 100_000:05d}" for n in range(1, 13)))
    digits = [Specimen("Sixty digits", Digits(groups)), Specimen("Empty", Digits())]
    return [
        Group("Fact", facts, across=3),
        Group("Fact, wide", hashes, across=2),
        Group("Digits", digits, across=2),
    ]


def _motion() -> str:
    return "  ·  ".join((words.rate(96 * 1024**2), words.left(1, 10**12, 96 * 1024.0**2)))


def _bar(percent: int, tone: Tone) -> Bar:
    made = Bar("Progress")
    made.show_percent(percent, tone)
    return made


def _states() -> Sequence[Group]:
    chips = [Specimen(tone.value, Chip(Badge(*_ICONS[tone], tone))) for tone in Tone]
    chips += [Specimen("Word only", Chip(Badge("E01", "")))]
    glyphs = [Specimen(tone.value, Glyph(_ICONS[tone][1], 28, tone)) for tone in Tone]
    glyphs += [Specimen("16 px", Glyph("lock", tokens.ICON_SMALL))]
    bars = [Specimen(f"{n} %", _bar(n, Tone.ACCENT)) for n in (0, 1, 42, 99, 100)]
    bars += [Specimen(tone.value, _bar(66, tone)) for tone in Tone]
    return [
        Group("Chip", chips, across=7),
        Group("Glyph", glyphs, across=7),
        Group("Bar", bars[:5], across=5),
        Group("Bar, tones", bars[5:], across=3),
    ]


def _notice(tone: Tone, *, retry: str = "", closable: bool = True) -> Notice:
    made = Notice(retry=retry, closable=closable)
    made.show_card(
        ErrorCard(
            "The store does not answer" if tone is Tone.WARN else "A check failed",
            "It was asked three times in the last minute.",
            "Everything you wrote is saved here.",
            "Check the network, then try again.",
            "store-unreachable" if tone is Tone.WARN else "manifest-forged",
            tone,
        )
    )
    return made


def _skeleton(stage: int) -> Skeleton:
    made = Skeleton("Reading your spaces…")
    made.setFixedHeight(330)
    made.hold(stage)
    return made


def _messages() -> Sequence[Group]:
    notices = [
        Specimen("Warning, can be tried again", _notice(Tone.WARN, retry="Try again")),
        Specimen("Refused", _notice(Tone.DANGER, closable=False)),
    ]
    empty = [
        Specimen(
            "With an action", Empty("inbox", "No exhibits yet", "Hand one over.", "Hand over")
        ),
        Specimen("Without", Empty("search", "Nothing was found", _LONG)),
    ]
    waiting = [
        Specimen("After 150 ms", _skeleton(1)),
        Specimen("After 2 s", _skeleton(2)),
        Specimen("Starting", _starting()),
    ]
    return [
        Group("Notice", notices, across=2),
        Group("Empty", empty, across=2),
        Group("Skeleton, Starting", waiting, across=3),
    ]


def _starting() -> Starting:
    made = Starting("Starting…")
    made.setFixedHeight(200)
    return made


PAGES: Final = (
    Page("type", _type),
    Page("numbers", _numbers),
    Page("states", _states),
    Page("messages", _messages),
)
