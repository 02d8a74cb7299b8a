"""Error code -> card: what happened, what is safe, what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocol.errors import ActionNeededError, JitError, RefusedError, TryAgainError
from ui.errors.table import CARDS, KEPT, QUEUED, REFUSED, REPORT
from ui.language import tr
from ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class ErrorCard:
    """One failure in words. `sentence` comes from the error itself."""

    title: str
    sentence: str
    safe: str
    todo: str
    code: str
    tone: Tone

    def spoken(self) -> ErrorCard:
        """A card of a table in the language of the person."""
        return replace(
            self,
            title=tr(self.title),
            sentence=tr(self.sentence),
            safe=tr(self.safe),
            todo=tr(self.todo),
        )


def known(code: str) -> bool:
    """Whether the code has its own card."""
    return code in CARDS


def card_for(failure: BaseException) -> ErrorCard:
    """The card of a failure; one that is not ours never shows its own words."""
    if not isinstance(failure, JitError):
        return ErrorCard(
            tr("Something went wrong in JIT Client"),
            tr("The program met a case it does not know."),
            tr(KEPT),
            tr("Try again. If it happens again, report the code."),
            f"bug-{type(failure).__name__}",
            Tone.DANGER,
        )
    title, safe, todo = (tr(one) for one in CARDS.get(failure.reason) or _family(failure))
    tone = Tone.DANGER if isinstance(failure, RefusedError) else Tone.WARN
    return ErrorCard(title, failure.sentence, safe, todo, failure.reason, tone)


def card_at_once(failure: BaseException) -> ErrorCard:
    """The card of an act that is done now or not at all: nothing of it waits for the store."""
    card = card_for(failure)
    if card.safe != tr(QUEUED):
        return card
    return replace(
        card, safe=tr("Nothing was changed."), todo=tr("Check the network, then try again.")
    )


def _family(failure: JitError) -> tuple[str, str, str]:
    if isinstance(failure, TryAgainError):
        return "This did not work just now", KEPT, "Try again in a moment."
    if isinstance(failure, ActionNeededError):
        return "This needs you", KEPT, "Correct what the sentence names, then try again."
    if isinstance(failure, RefusedError):
        return "A check failed", REFUSED, REPORT
    return "Something went wrong in JIT Client", KEPT, REPORT
