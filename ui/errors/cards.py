"""Error code -> card: what happened, what is safe, what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from protocol.errors import ActionNeededError, JitError, RefusedError, TryAgainError
from ui.errors.table import CARDS, KEPT, QUEUED, REFUSED, REPORT
from ui.language import told, tr
from ui.theme.tokens import Tone

FAMILIES: Final = {
    TryAgainError: ("This did not work just now", KEPT, "Try again in a moment."),
    ActionNeededError: (
        "This needs you",
        KEPT,
        "Correct what the sentence names, then try again.",
    ),
    RefusedError: ("A check failed", REFUSED, REPORT),
}
"""What is said of a code that has no card of its own."""
UNKNOWN: Final = ("Something went wrong in JIT Client", KEPT, REPORT)


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
            tr(UNKNOWN[0]),
            tr("The program met a case it does not know."),
            tr(KEPT),
            tr("Try again. If it happens again, report the code."),
            f"bug-{type(failure).__name__}",
            Tone.DANGER,
        )
    title, safe, todo = (said(one) for one in CARDS.get(failure.reason) or _family(failure))
    tone = Tone.DANGER if isinstance(failure, RefusedError) else Tone.WARN
    return ErrorCard(title, told(failure.sentence), safe, todo, failure.reason, tone)


def card_at_once(failure: BaseException) -> ErrorCard:
    """The card of an act that is done now or not at all: nothing of it waits for the store."""
    card = card_for(failure)
    if card.safe != tr(QUEUED):
        return card
    return replace(
        card, safe=tr("Nothing was changed."), todo=tr("Check the network, then try again.")
    )


def said(text: str) -> str:
    """Words of the table in the language of the person; each line of them is one entry."""
    return " ".join(tr(line) for line in text.split("\n")) if text else ""


def _family(failure: JitError) -> tuple[str, str, str]:
    return next((row for kind, row in FAMILIES.items() if isinstance(failure, kind)), UNKNOWN)
