"""Makes this computer a further device of a person: line, code, confirmation, passphrase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final

from protocol.errors import JitError, StoreUnreachableError
from ui import words
from ui.errors.cards import card_at_once
from ui.firstrun.presenter import HINTS, judged
from ui.firstrun.state import JoinState, JoinStep
from ui.language import told, tr
from ui.ports import DeskPort, DoorPort, LinkingPort
from ui.presenting import Presenter
from ui.tasks import TaskScope

_TRIES: Final = 60  # questions to an absent store before a person is asked to look at the network


class JoinPresenter(Presenter[JoinState]):
    """Hands the desk to `on_open` when this computer is linked. Nothing is kept before that."""

    def __init__(
        self, door: DoorPort, tasks: TaskScope, on_open: Callable[[DeskPort], None], place: str
    ) -> None:
        super().__init__(JoinState(place=place, hint=tr(HINTS[0])))
        self._door = door
        self._tasks = tasks
        self._on_open = on_open
        self._linking: LinkingPort | None = None
        self._round = 0

    def line_changed(self, text: str) -> None:
        """Read what was pasted; nothing is sent."""
        text = text.strip()
        who = store = problem = ""
        if text:
            try:
                joining = self._door.read_link(text)
                who, store = words.plain(joining.name), joining.store
            except JitError as failure:
                problem = told(failure.sentence)
        self._show(
            replace(self.state, line=text, who=who, store=store, line_problem=problem, problem=None)
        )

    def name_changed(self, text: str) -> None:
        """What this device is to be called."""
        self._show(replace(self.state, device_name=text, problem=None))

    def ask(self) -> None:
        """Ask to be linked, and show the code."""
        if self.state.step is JoinStep.LINE and self.state.can_go_on:
            self._show(replace(self.state, busy=tr("Asking the store…"), problem=None))
            self._tasks.start(self._ask(), name="ask-link")

    def passphrases_changed(self, first: str, second: str) -> None:
        """Judge the length, and whether both are the same."""
        self._show(replace(self.state, **asdict(judged(first, second)), problem=None))

    def accept(self, passphrase: str, again: str) -> None:
        """The person says that this is her: make the profile."""
        self.passphrases_changed(passphrase, again)
        if self.state.step is JoinStep.CONFIRM and self.state.can_go_on:
            working = tr("Making this computer's profile…")
            self._show(replace(self.state, step=JoinStep.WORKING, busy=working, problem=None))
            self._tasks.start(self._accept(passphrase), name="accept-link")

    def cancel(self) -> None:
        """Give up, at any step; nothing of it stays here."""
        self._round += 1
        linking, self._linking = self._linking, None
        if linking is not None:
            self._tasks.start(linking.cancel(), name="cancel-link")
        kept = self.state
        self._show(JoinState(place=kept.place, hint=tr(HINTS[0]), device_name=kept.device_name))

    async def _ask(self) -> None:
        here = self._round
        try:
            linking = await self._door.link(self.state.line, self.state.device_name.strip())
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy="", problem=card_at_once(failure)))
            return
        if here != self._round:
            await linking.cancel()
            return
        self._linking = linking
        self._show(replace(self.state, step=JoinStep.CODE, code=linking.code, busy=""))
        await self._wait(linking, here)

    async def _wait(self, linking: LinkingPort, here: int) -> None:
        for _ in range(_TRIES):
            try:
                joining = await linking.wait()
            except StoreUnreachableError as failure:
                card = replace(card_at_once(failure), todo=tr("It is tried again by itself."))
                self._show(replace(self.state, problem=card))
                continue
            except Exception as failure:  # noqa: BLE001 - a person always gets an answer
                if here == self._round:
                    self._linking = None
                    self._show(
                        replace(
                            self.state, step=JoinStep.LINE, code="", problem=card_at_once(failure)
                        )
                    )
                return
            if here == self._round:
                self._show(
                    replace(
                        self.state,
                        step=JoinStep.CONFIRM,
                        who=words.plain(joining.name),
                        authority=words.plain(joining.authority),
                        store=joining.store,
                        fingerprint=joining.fingerprint,
                        problem=None,
                    )
                )
            return

    async def _accept(self, passphrase: str) -> None:
        linking = self._linking
        if linking is None:
            return
        try:
            desk = await linking.accept(passphrase)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(
                replace(self.state, step=JoinStep.CONFIRM, busy="", problem=card_at_once(failure))
            )
            return
        self._linking = None
        self._on_open(desk)
