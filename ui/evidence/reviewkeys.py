"""The keys of the list of exhibits: looking, reviewing, tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jitclient.reviewviews import ReviewState
from ui import words
from ui.binding import bind
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import EvidenceState
from ui.language import tr
from ui.shortcuts import TAG_KEYS


def bind_review(
    owner: QWidget,
    presenter: EvidencePresenter,
    state: Callable[[], EvidenceState],
    look: Callable[[], None],
) -> None:
    """Give them their acts: a field that is typed in goes first.

    Args:
        owner: the list with what stands around it.
        presenter: of the list.
        state: what is shown now.
        look: opens the selected exhibit.
    """
    here = Qt.ShortcutContext.WidgetWithChildrenShortcut
    reviewing = presenter.reviewing
    bind(owner, "review-next", reviewing.next, context=here)
    for name, act in (
        ("view", look),
        ("review-done", partial(reviewing.mark, ReviewState.REVIEWED)),
        ("review-flag", partial(reviewing.mark, ReviewState.FLAGGED)),
    ):
        bind(owner, name, act, context=here, why_not=lambda: _unselected(state()))
    for number in range(1, TAG_KEYS + 1):
        bind(
            owner,
            f"tag-{number}",
            partial(reviewing.turn_tag, number),
            context=here,
            why_not=partial(_untagged, state, number),
            says=partial(_tagging, state, number),
        )


def _unselected(state: EvidenceState) -> str:
    return "" if state.current is not None else tr("No exhibit is selected.")


def _untagged(state: Callable[[], EvidenceState], number: int) -> str:
    none = number > len(state().tags)
    return tr("There are fewer tags.") if none else _unselected(state())


def _tagging(state: Callable[[], EvidenceState], number: int) -> str:
    return tr("Tag {tag}, on or off", tag=words.plain(state().tags[number - 1]))
