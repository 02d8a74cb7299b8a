"""Loads who pointed to this person, and filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from jitclient.mentionviews import MentionRow
from jitclient.searchviews import Marked
from protocol.errors import JitError
from ui import words
from ui.errors.cards import card_for
from ui.language import tr
from ui.mentions.state import InboxState, Which
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.search.state import HitItem
from ui.tasks import Reload, TaskScope


class InboxPresenter(Presenter[InboxState]):
    """One for each time the sheet is opened."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, zone: tzinfo | None = None) -> None:
        super().__init__(InboxState())
        self._desk = desk
        self._zone = zone
        self._rows: tuple[MentionRow, ...] = ()
        self.refresh = Reload(tasks, self._load, name="mentions")

    def pick(self, which: Which) -> None:
        """Show others of them."""
        self._show(replace(self.state, which=which, items=self._items(which)))

    async def _load(self) -> None:
        try:
            self._rows = await self._desk.talking.mentions()
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        unread = sum(one.unread for one in self._rows)
        first = self.state.loading
        which = Which.ALL if first and not unread else self.state.which
        self._show(
            replace(self.state, which=which, items=self._items(which), unread=unread, loading=False)
        )

    def _items(self, which: Which) -> tuple[HitItem, ...]:
        return tuple(self._item(one) for one in self._rows if _shown(one, which))

    def _item(self, row: MentionRow) -> HitItem:
        new = tr("New") if row.unread else ""
        by = tr("to your role") if row.by_role else ""
        when = words.stamp(row.at, self._zone)
        about = (new, words.plain(row.author_name), when, by, words.plain(row.space_title))
        return HitItem(
            space=row.space,
            message=row.message,
            file=None,
            about="  ·  ".join(part for part in about if part),
            exact=words.iso(row.at, self._zone),
            head=Marked(text=" ".join(row.text.split())),
            below=None,
        )


def _shown(row: MentionRow, which: Which) -> bool:
    match which:
        case Which.UNREAD:
            return row.unread
        case Which.ALL:
            return True
        case Which.BY_NAME:
            return not row.by_role
        case Which.BY_ROLE:
            return row.by_role
