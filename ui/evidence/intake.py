"""Takes a customs detection in: keeps what is typed, says what is wrong, hands it over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from jitclient.intakeviews import FIELDS, MAX_IMAGES, Intake, Taken
from jitclient.views import SpaceDetail
from protocol.errors import JitError
from protocol.facts import Facts
from protocol.ids import UserId
from ui import words
from ui.errors.cards import card_for
from ui.evidence import choosing
from ui.evidence.intakestate import IntakeState
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope


class IntakePresenter(Presenter[IntakeState]):
    """Behind the sheet "Customs detection". What is typed is kept as it is typed."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, detail: SpaceDetail) -> None:
        super().__init__(IntakeState(recipients=choosing.recipients(detail)))
        self._desk = desk
        self._tasks = tasks
        self._space = detail.row.space
        self._kept = Intake()
        self._known: Mapping[str, str] = {}
        self._before: tuple[Facts, tuple[Path, ...]] = ((), ())
        self._keeping = False

    def load(self) -> None:
        """Go on from the draft; without one, begin with what is known."""
        self._tasks.start(self._load(), name="detection")

    def type(self, name: str, value: str) -> None:
        """A value changed."""
        self._take({**dict(self.state.form), name: value})

    def add_images(self, paths: Iterable[Path]) -> None:
        """Put images on the list, each once."""
        images = dict.fromkeys((*self.state.images, *paths))
        self._show(replace(self.state, images=tuple(images)[:MAX_IMAGES], note=""))
        self._keep()

    def drop_image(self, path: Path) -> None:
        """Take an image off the list."""
        left = tuple(one for one in self.state.images if one != path)
        self._show(replace(self.state, images=left))
        self._keep()

    def choose(self, user: UserId, yes: bool) -> None:
        """Hand it over to somebody, or not."""
        people = choosing.chosen(self.state.recipients, user, yes=yes)
        self._show(replace(self.state, recipients=people))

    def failed(self, failure: JitError) -> None:
        """The paper could not be written."""
        self._show(replace(self.state, problem=card_for(failure)))

    def noted(self, note: str) -> None:
        """Something was done with the form, and nothing of it went."""
        self._show(replace(self.state, note=note, problem=None))

    def empty(self) -> None:
        """Begin anew; what was there can be brought back while the sheet is open."""
        self._before = self.state.form, self.state.images
        self._show(replace(self.state, images=(), emptied=True, note="", problem=None))
        self._take(self._known)

    def bring_back(self) -> None:
        """Undo `empty`."""
        form, images = self._before
        self._show(replace(self.state, images=images, emptied=False))
        self._take(dict(form))

    async def hand_over(self) -> bool:
        """Register the form and its images. False: it did not go, or an image stayed behind."""
        if not self.state.can_hand_over:
            return False
        self._show(replace(self.state, busy=True, problem=None, note=""))
        to = [one.user for one in self.state.recipients if one.chosen]
        try:
            taken = await self._desk.detecting.take(self._space, self._given(), to=to)
        except JitError as failure:
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            self._keep()
            return False
        self._gone(taken)
        return not taken.refused

    def _gone(self, taken: Taken) -> None:
        self._kept = Intake()
        number = words.plain(taken.form.exhibit)
        said = tr("The detection was registered as {number}.", number=number)
        if taken.refused:
            names = ", ".join(words.plain(path.name) for path, _ in taken.refused)
            said = tr(
                "The detection was registered as {number}. Not with it went {names}: {reason} "
                "Hand them over as files.",
                number=number, names=names, reason=told(taken.refused[0][1].sentence),
            )  # fmt: skip
        self._show(replace(self.state, busy=False, images=(), emptied=False, note=said))
        self._take({}, keep=False)

    async def _load(self) -> None:
        draft = await self._desk.detecting.draft(self._space)
        me = self._desk.me
        before = await self._desk.last_stated(self._space)
        known = {"officer": me.name, "authority": before.get("authority", me.authority)}
        self._known = {name: value for name, value in known.items() if value}
        self._kept = draft
        again = bool(draft.form or draft.images)
        resumed = tr("Your draft of this space is here again.") if again else ""
        self._show(replace(self.state, loading=False, images=draft.images, note=resumed))
        self._take(dict(draft.form) or self._known, keep=False)

    def _given(self) -> Intake:
        return Intake(form=self.state.form, images=self.state.images)

    def _take(self, form: Mapping[str, str], *, keep: bool = True) -> None:
        known = tuple((one.name, form[one.name]) for one in FIELDS if form.get(one.name))
        found = ((name, self._desk.detecting.problem(name, value, form)) for name, value in known)
        problems = tuple((name, told(why)) for name, why in found if why)
        self._show(replace(self.state, form=known, problems=problems))
        if keep:
            self._keep()

    def _keep(self) -> None:
        """Write the draft; while it is being written, what is typed waits for the next time."""
        if not self._keeping and not self.state.busy:
            self._keeping = True
            self._tasks.start(self._keep_all(), name="keep-detection")

    async def keep(self) -> None:
        """Keep what was typed last; the window is about to lock or close.

        Raises:
            JitError: it could not be written.
        """
        given = self._given()
        if given != self._kept and not self.state.loading and not self.state.busy:
            await self._desk.detecting.keep(self._space, given)
            self._kept = given

    async def _keep_all(self) -> None:
        try:
            while self._given() != self._kept and not self.state.busy:
                given = self._given()
                await self._desk.detecting.keep(self._space, given)
                self._kept = given
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._keeping = False
