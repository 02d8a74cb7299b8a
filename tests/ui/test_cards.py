"""Every error has a card: what happened, what is safe, what to do."""

from __future__ import annotations

import pytest

from protocol import errors
from protocol.errors import JitError
from ui.errors import cards
from ui.errors.table import QUEUED
from ui.theme.tokens import Tone

_FAMILIES = {"JitError", "TryAgainError", "ActionNeededError", "RefusedError", "BugError"}
_CLI_ONLY = {"NoTerminalError"}


def _leaves() -> list[type[JitError]]:
    found = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, JitError) and one.__name__ not in _FAMILIES
    ]
    return [one for one in found if one.__name__ not in _CLI_ONLY]


@pytest.mark.parametrize("leaf", _leaves(), ids=lambda one: one.__name__)
def test_every_error_has_its_own_card(leaf: type[JitError]) -> None:
    assert cards.known(leaf.code)

    card = cards.card_for(leaf("What happened."))

    assert card.sentence == "What happened."
    assert all((card.title, card.safe, card.todo))
    assert card.code == leaf.code


def test_a_refusal_is_shown_as_danger_and_the_rest_is_not() -> None:
    assert cards.card_for(errors.GhostMemberError("x")).tone is Tone.DANGER
    assert cards.card_for(errors.StoreUnreachableError("x")).tone is Tone.WARN


def test_a_foreign_exception_never_shows_its_own_words() -> None:
    card = cards.card_for(ValueError("/home/clara/secret-name.pdf"))

    assert "secret" not in f"{card.title}{card.sentence}{card.safe}{card.todo}{card.code}"
    assert card.code == "bug-ValueError"


def test_an_unknown_code_falls_back_to_its_family() -> None:
    card = cards.card_for(errors.ActionNeededError("Do this.", code="new-code"))

    assert card.code == "new-code"
    assert card.title == "This needs you"


@pytest.mark.parametrize("failure", [errors.StoreUnreachableError("x"), errors.StoreBusyError("x")])
def test_what_is_done_at_once_or_never_does_not_say_that_it_is_queued(failure: JitError) -> None:
    card = cards.card_at_once(failure)

    assert cards.card_for(failure).safe == QUEUED
    assert card.safe == "Nothing was changed."
    assert "again" in card.todo
