"""Keeps alarms in sight until a person dismisses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from jitclient.views import AlarmRow
from ui import words
from ui.alarms.state import AlarmsState, Banner
from ui.errors.cards import ErrorCard, card_for, said
from ui.errors.table import CARDS, REPORT
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope
from ui.theme.tokens import Tone

_FORK: Final = "log-fork"
_WAITS: Final = "Somebody cannot be written to yet"
_REFUSED: Final = "Detected and refused"


class AlarmsPresenter(Presenter[AlarmsState]):
    """Shows every alarm of the desk, and failures nobody else showed."""

    def __init__(self, desk: DeskPort, tasks: TaskScope) -> None:
        super().__init__(AlarmsState())
        self._desk = desk
        self._tasks = tasks
        self._failures = 0
        self.offer: Callable[[str, Callable[[], None]], None] = lambda _said, _back: None

    def known(self, alarms: tuple[AlarmRow, ...]) -> None:
        """Take over the list the desk keeps; failures of the window stay."""
        mine = tuple(one for one in self.state.banners if one.alarm is None)
        told = tuple(_banner(one) for one in sorted(alarms, key=lambda one: -one.at))
        self._show(replace(self.state, banners=told + mine))

    def raised(self, alarm: AlarmRow) -> None:
        """Show a new alarm on top."""
        if any(one.alarm == alarm.alarm for one in self.state.banners):
            return
        self._show(replace(self.state, banners=(_banner(alarm), *self.state.banners)))

    def failed(self, failure: Exception) -> None:
        """Show a failure that belongs to no screen."""
        card: ErrorCard = card_for(failure)
        self._failures += 1
        banner = Banner(
            f"failure-{self._failures}",
            None,
            card.title,
            card.sentence,
            f"{card.safe} {card.todo}",
            card.code,
            "",
            card.tone,
        )
        same = tuple(
            one
            for one in self.state.banners
            if one.alarm is not None or one.sentence != banner.sentence
        )
        self._show(replace(self.state, banners=(*same, banner)))

    def dismiss(self, key: str) -> None:
        """Take one banner away; the desk remembers that it was seen."""
        gone = next((one for one in self.state.banners if one.key == key), None)
        if gone is None:
            return
        kept = tuple(one for one in self.state.banners if one.key != key)
        self._show(replace(self.state, banners=kept))
        if gone.alarm is not None:
            self._tasks.start(self._desk.dismiss_alarm(gone.alarm), name="dismiss")
        self.offer(tr("Dismissed"), lambda: self._tasks.start(self._recall(gone), name="recall"))

    async def _recall(self, gone: Banner) -> None:
        if gone.alarm is not None:
            await self._desk.recall_alarm(gone.alarm)
        if all(one.key != gone.key for one in self.state.banners):
            self._show(replace(self.state, banners=(gone, *self.state.banners)))


def _banner(alarm: AlarmRow) -> Banner:
    rare = (_WAITS, "", "") if alarm.notice else (_REFUSED, "", REPORT)
    title, safe, todo = (said(one) for one in CARDS.get(alarm.code, rare))
    return Banner(
        f"alarm-{alarm.alarm}",
        alarm.alarm,
        title,
        told(words.plain(alarm.sentence)),
        f"{safe} {todo}".strip(),
        alarm.code,
        words.stamp(alarm.at),
        Tone.WARN if alarm.notice else Tone.DANGER,
        alarm.space if alarm.code == _FORK else None,
    )
