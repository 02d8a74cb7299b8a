"""The list of exhibits as it was left: its filter, the exhibit that was selected. No Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from protocol.ids import ID_BYTES, FileId, from_hex
from ui.evidence.state import EvidenceState
from ui.leftoff import LeftOff

_FILTER: Final = "exhibits-filter"
_SELECTED: Final = "exhibit"


def note(left: LeftOff, state: EvidenceState) -> None:
    """The list of a space is filtered by this, and this exhibit is looked at."""
    if state.space is not None and not state.loading:
        left.note(state.space, _FILTER, state.query)
        left.note(state.space, _SELECTED, state.selected.hex() if state.selected else "")


def again(state: EvidenceState, left: LeftOff) -> EvidenceState:
    """Filtered as it was, and the exhibit selected that was; what was done since stays."""
    if state.space is None or not state.loading:
        return state
    file = from_hex(left.of(state.space, _SELECTED), ID_BYTES)
    return replace(
        state,
        query=state.query or left.of(state.space, _FILTER),
        selected=state.selected or (FileId(file) if file is not None else None),
    )
