"""The keys of the list of exhibits: looking, reviewing, tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jitclient.reviewviews import ReviewState
from ui import words
from ui.binding import bind
from ui.evidence.noting import Noting
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import EvidenceState
from ui.language import tr
from ui.shortcuts import TAG_KEYS


def bind_review(
    owner: QWidget,
    presenter: EvidencePresenter,
    state: Callable[[], EvidenceState],
    look: Callable[[], None],
    look_at_all: Callable[[], None],
) -> None:
    """Give them their acts: a field that is typed in goes first.

    Args:
        owner: the list with what stands around it.
        presenter: of the list.
        state: what is shown now.
        look: opens the selected exhibit.
        look_at_all: opens what is to be reviewed, one after the other.
    """
    here = Qt.ShortcutContext.WidgetWithChildrenShortcut
    reviewing = presenter.reviewing
    bind(owner, "review-next", reviewing.next, context=here)
    able = partial(_unable, state)
    bind(owner, "view", look, context=here, why_not=lambda: able() or _unselected(state()))
    whole = partial(_verify, presenter, state)
    bind(owner, "verify", whole, context=here, why_not=lambda: _unverifiable(presenter, state()))
    bind(owner, "view-queue", look_at_all, context=here, why_not=able)
    bind_noting(owner, reviewing, lambda: state().tags, lambda: _unselected(state()), context=here)


def bind_noting(
    owner: QWidget,
    noting: Noting,
    tags: Callable[[], tuple[str, ...]],
    why_not: Callable[[], str],
    *,
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
) -> None:
    """The keys that note something of the exhibit in front, in the list and in the viewer.

    Args:
        owner: what `context` speaks of.
        noting: what they do.
        tags: those of the space.
        why_not: a sentence when there is no exhibit to note anything of.
        context: where the keyboard must be.
    """
    for name, wanted in (
        ("review-done", ReviewState.REVIEWED),
        ("review-flag", ReviewState.FLAGGED),
    ):
        bind(owner, name, partial(noting.mark, wanted), context=context, why_not=why_not)
    for number in range(1, TAG_KEYS + 1):
        bind(
            owner,
            f"tag-{number}",
            partial(noting.turn_tag, number),
            context=context,
            why_not=partial(_untagged, tags, number, why_not),
            says=partial(_tagging, tags, number),
        )


def _unselected(state: EvidenceState) -> str:
    return "" if state.current is not None else tr("No exhibit is selected.")


def _verify(presenter: EvidencePresenter, state: Callable[[], EvidenceState]) -> None:
    if _unverifiable(presenter, state()):
        return
    if state().several:
        presenter.several.verify()
    else:
        presenter.verify()


def _unverifiable(presenter: EvidencePresenter, state: EvidenceState) -> str:
    if state.current is None:
        return _unselected(state)
    one = state.current.can_verify and not state.busy
    whole = presenter.several.state.can_verify > 0 if state.several else one
    return "" if whole else tr("It can be read again when all of it is here.")


def _unable(state: Callable[[], EvidenceState]) -> str:
    works = state().can_look
    return "" if works else tr("The safe viewer does not work on this computer")


def _untagged(
    tags: Callable[[], tuple[str, ...]], number: int, otherwise: Callable[[], str]
) -> str:
    return tr("There are fewer tags.") if number > len(tags()) else otherwise()


def _tagging(tags: Callable[[], tuple[str, ...]], number: int) -> str:
    return tr("Tag {tag}, on or off", tag=words.plain(tags()[number - 1]))
