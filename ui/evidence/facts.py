"""States facts of exhibits before they are handed over: of one file, or the same of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from protocol.facts import FIELDS, Facts, contradiction
from ui.evidence.state import FactsState
from ui.ports import DeskPort
from ui.presenting import Presenter


class FactsPresenter(Presenter[FactsState]):
    """Behind the sheet "What it is". `values` has what was typed, by the names of the facts."""

    def __init__(self, desk: DeskPort, whose: str, given: Facts) -> None:
        super().__init__(FactsState(whose=whose, values=given))
        self._desk = desk
        self._take(dict(given))  # a list may have brought what cannot stand

    @property
    def values(self) -> dict[str, str]:
        """What was typed, without what is empty."""
        return {name: value for name, value in self.state.values if value.strip()}

    def type(self, name: str, value: str) -> None:
        """A value changed."""
        self._take({**dict(self.state.values), name: value})

    def fill(self, facts: Mapping[str, str]) -> None:
        """Take over several values at once; the others stay."""
        self._take({**dict(self.state.values), **facts})

    def _take(self, values: Mapping[str, str]) -> None:
        known = [one.name for one in FIELDS if values.get(one.name)]
        wrong = {name: self._desk.fact_problem(name, values[name]) for name in known}
        typed = {name: values[name].strip() for name in known if values[name].strip()}
        self._show(
            replace(
                self.state,
                values=tuple((name, values[name]) for name in known),
                problems=tuple((name, why) for name, why in wrong.items() if why),
                contradiction=contradiction(typed),
            )
        )
