"""Links a further device, at the device that is there: passphrase, offer, code, done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from protocol.errors import JitError, StoreUnreachableError, WrongPassphraseError
from ui import words
from ui.devices.code import normal
from ui.devices.state import LinkState, LinkStep
from ui.errors.cards import card_at_once
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.qrcodes import modules
from ui.tasks import TaskScope

_OVER: Final = "link-ended"
_WRONG: Final = "link-code"
_SHOWN: Final = 3  # groups of one's own number, as many as the new device shows
_OTHER: Final = (
    "This is a line of another kind. Type the sixteen characters that the new device shows."
)


class LinkPresenter(Presenter[LinkState]):
    """Behind the sheet "Link a device". `tick` is called every second or two while it is open."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, clock: Callable[[], int]) -> None:
        super().__init__(LinkState())
        self._desk = desk
        self._tasks = tasks
        self._clock = clock
        self._expires = 0
        self._looking = False

    def offer(self, passphrase: str) -> None:
        """Make an offer, after the passphrase was given again."""
        if passphrase and not self.state.busy:
            self._show(replace(self.state, busy=tr("Making the offer…"), wrong="", problem=None))
            self._tasks.start(self._offer(passphrase), name="offer-link")

    def again(self) -> None:
        """Start anew after an offer ended."""
        self._show(LinkState())

    def tick(self) -> None:
        """Count down, and look whether a device asks."""
        if self.state.step not in (LinkStep.OFFER, LinkStep.CODE):
            return
        seconds = self._expires - self._clock()
        if seconds <= 0:
            self._show(replace(self.state, step=LinkStep.ENDED, busy=""))
            return
        minutes, rest = divmod(seconds, 60)
        self._show(replace(self.state, left=f"{minutes}:{rest:02d}"))
        if self.state.step is LinkStep.OFFER and not self._looking:
            self._looking = True
            self._tasks.start(self._look(), name="look-link")

    def typed(self, text: str) -> None:
        """The code as far as it is typed; spaces and case do not count."""
        if self.state.step is LinkStep.CODE and ":" in text:
            self._show(replace(self.state, code="", wrong=tr(_OTHER), problem=None))
        elif self.state.step is LinkStep.CODE:
            code = normal(text)[: self.state.length]
            self._show(replace(self.state, code=code, wrong="", problem=None))

    def approve(self) -> None:
        """Link the device whose code was typed."""
        if self.state.step is LinkStep.CODE and self.state.whole and not self.state.busy:
            self._show(replace(self.state, busy=tr("Linking…"), wrong="", problem=None))
            self._tasks.start(self._approve(self.state.code), name="approve-link")

    def leave(self) -> None:
        """The sheet was closed: an offer that still stands is withdrawn."""
        if self.state.step in (LinkStep.OFFER, LinkStep.CODE):
            self._tasks.start(self._withdraw(), name="withdraw-link")

    async def _offer(self, passphrase: str) -> None:
        try:
            view = await self._desk.offer_link(passphrase)
        except WrongPassphraseError as failure:
            self._show(replace(self.state, busy="", wrong=told(failure.sentence)))
            return
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy="", problem=card_at_once(failure)))
            return
        self._expires = view.expires_at
        self._show(
            replace(
                self.state,
                step=LinkStep.OFFER,
                line=view.line,
                modules=modules(view.line),
                busy="",
            )
        )
        self.tick()

    async def _look(self) -> None:
        try:
            found = await self._desk.link_candidate()
        except StoreUnreachableError:
            return  # asked again at the next tick; the strip says that the store is away
        except JitError as failure:
            self._ended(failure)
            return
        finally:
            self._looking = False
        if found is not None and self.state.step is LinkStep.OFFER:
            self._show(
                replace(
                    self.state,
                    step=LinkStep.CODE,
                    name=words.plain(found.name),
                    fingerprint=found.fingerprint,
                    length=found.code_length,
                )
            )

    async def _approve(self, code: str) -> None:
        try:
            row = await self._desk.approve_link(code)
        except JitError as failure:
            if failure.reason == _WRONG:
                self._show(replace(self.state, busy="", wrong=told(failure.sentence)))
            elif failure.reason == _OVER:
                self._ended(failure)
            else:
                self._show(replace(self.state, busy="", problem=card_at_once(failure)))
            return
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy="", problem=card_at_once(failure)))
            return
        name = words.plain(row.name) or self.state.name
        begins = " ".join(words.grouped(self._desk.me.safety_number)[:_SHOWN])
        self._show(
            replace(
                self.state,
                step=LinkStep.DONE,
                busy="",
                done=tr(
                    "“{name}” is one of your devices now. To finish, confirm on its screen: it "
                    "must show your name, and that your number begins with {begins}.",
                    name=name,
                    begins=begins,
                ),
            )
        )

    async def _withdraw(self) -> None:
        try:
            await self._desk.withdraw_link()
        except StoreUnreachableError:
            return  # the offer runs out by itself within minutes

    def _ended(self, failure: JitError) -> None:
        self._show(replace(self.state, step=LinkStep.ENDED, busy="", problem=card_at_once(failure)))
