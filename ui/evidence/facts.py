"""States facts of exhibits before they are handed over: of one file, or the same of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from protocol.errors import JitError
from protocol.facts import FIELDS, Facts, contradiction
from ui.errors.cards import card_at_once
from ui.evidence.state import FactsState
from ui.language import told, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope


class FactsPresenter(Presenter[FactsState]):
    """Behind the sheet "What it is". `values` has what was typed, by the names of the facts."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, whose: str, given: Facts) -> None:
        super().__init__(FactsState(whose=whose, values=given))
        self._desk = desk
        self._tasks = tasks
        self._templates: Mapping[str, Facts] = {}
        self._take(dict(given))  # a list may have brought what cannot stand

    @property
    def values(self) -> dict[str, str]:
        """What was typed, without what is empty."""
        return {name: value for name, value in self.state.values if value.strip()}

    def load(self) -> None:
        """Read the templates of this device."""
        self._tasks.start(self._load(), name="templates")

    def type(self, name: str, value: str) -> None:
        """A value changed."""
        self._take({**dict(self.state.values), name: value})

    def use(self, template: str) -> None:
        """Fill in what a template says, where nothing was typed."""
        self._show(replace(self.state, chosen=template))
        self._take({**dict(self._templates.get(template, ())), **self.values})

    def keep(self, name: str) -> None:
        """Keep what was typed as a template; what is of one case is left out."""
        self._tasks.start(self._keep(name), name="keep-template")

    def remove(self) -> None:
        """Forget the template that is chosen."""
        self._tasks.start(self._remove(self.state.chosen), name="drop-template")

    def fill(self, facts: Mapping[str, str]) -> None:
        """Take over several values at once; the others stay."""
        self._take({**dict(self.state.values), **facts})

    async def _load(self, said: str = "", chosen: str = "") -> None:
        self._templates = await self._desk.templates()
        names = tuple(self._templates)
        known = chosen if chosen in self._templates else ""
        self._show(replace(self.state, templates=names, chosen=known, said=said, problem=None))

    async def _keep(self, name: str) -> None:
        try:
            kept = await self._desk.save_template(name, self.values)
        except JitError as failure:
            self._show(replace(self.state, problem=card_at_once(failure)))
            return
        await self._load(
            trn(
                "{count} fact kept; those of one case are not.",
                "{count} facts kept; those of one case are not.",
                len(kept),
            ),
            name.strip(),
        )

    async def _remove(self, name: str) -> None:
        try:
            await self._desk.drop_template(name)
        except JitError as failure:
            self._show(replace(self.state, problem=card_at_once(failure)))
            return
        await self._load()

    def _take(self, values: Mapping[str, str]) -> None:
        known = [one.name for one in FIELDS if values.get(one.name)]
        wrong = {name: self._desk.fact_problem(name, values[name]) for name in known}
        typed = {name: values[name].strip() for name in known if values[name].strip()}
        self._show(
            replace(
                self.state,
                values=tuple((name, values[name]) for name in known),
                problems=tuple((name, told(why)) for name, why in wrong.items() if why),
                contradiction=told(contradiction(typed)),
            )
        )
