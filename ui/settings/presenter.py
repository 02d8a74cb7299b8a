"""Puts into words how much of the disk the profile takes."""

from __future__ import annotations

from dataclasses import replace

from jitclient.storageviews import KeptRow, StorageView
from protocol.errors import JitError
from ui import words
from ui.errors.cards import card_for
from ui.language import tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.settings.state import StorageState, Taken
from ui.tasks import Reload, TaskScope


class StoragePresenter(Presenter[StorageState]):
    """Behind the page of storage."""

    def __init__(self, desk: DeskPort, tasks: TaskScope) -> None:
        super().__init__(StorageState())
        self._desk = desk
        self.load = Reload(tasks, self._load, name="storage")

    async def _load(self) -> None:
        self._show(replace(self.state, loading=True, problem=None))
        try:
            kept = await self._desk.storage.kept()
        except JitError as failure:
            self._show(StorageState(loading=False, problem=card_for(failure)))
            return
        self._show(_shown(kept))


def _shown(kept: StorageView) -> StorageState:
    keys = Taken(tr("Keys, people and settings"), tr("Belongs to no space"), words.size(kept.keys))
    return StorageState(
        loading=False,
        folder=kept.folder,
        total=words.size(kept.total),
        free=words.size(kept.free),
        rows=(*(_row(one) for one in kept.rows), keys),
    )


def _row(kept: KeptRow) -> Taken:
    below = tr(
        "Messages and log {messages}   ·   exhibits {exhibits}",
        messages=words.size(kept.messages),
        exhibits=words.size(kept.exhibits),
    )
    return Taken(words.plain(kept.title) or tr("Space being joined"), below, words.size(kept.total))
