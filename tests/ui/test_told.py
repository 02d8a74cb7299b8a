"""What is said of a failure in other languages has the form of a sentence that is really raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.tree import sources
from tests.languages.lower import listed
from tests.languages.pseudo import pseudo
from tests.languages.rules import places
from tests.languages.source import files
from ui.language.catalogue import _Chosen, choose
from ui.language.failures import FAILURES
from ui.language.sentences import told

_LONG = 20
_FEW = 7
_FAILING = {"failure", "error", "refused", "f"}
_PLACE = re.compile(r"\{[^{}]*\}")


def _plain(node: ast.AST) -> str:
    """A literal with `{}` for each value; empty for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values
            )
        case _:
            return ""


@cache
def _literals() -> frozenset[str]:
    def found() -> Iterator[str]:
        for path in sources("jitclient", "sync", "localstore", "crypto", "protocol"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = _plain(node)
                if text:
                    yield _PLACE.sub("{}", text)

    return frozenset(found())


def _ends() -> set[str]:
    """Of sentences that are put together from a reason and what follows from it."""
    return {one[2:] for one in _literals() if one.startswith("{}; ") and len(one) > _LONG}


@pytest.mark.parametrize("form", FAILURES)
def test_a_form_is_that_of_a_sentence_below_the_window(form: str) -> None:
    """To mend: the sentence was changed where it is raised; write it so in failures.py, too."""
    plain = _PLACE.sub("{}", form)

    assert plain in _literals() or any(plain.endswith(end) for end in _ends())


@pytest.mark.parametrize("form", listed())
def test_a_rare_form_is_made_of_words_and_has_a_name_for_each_value(form: str) -> None:
    assert places(form) == set(re.findall(r"\{([a-z_0-9]+)\}", form))
    assert len(re.sub(r"\{\w+\}|[^A-Za-z]", "", form)) > _FEW


def test_a_reason_inside_a_sentence_is_said_and_a_name_is_left_alone() -> None:
    choose("en", altered=pseudo)
    try:
        said = told("Permission denied cannot be read: Permission denied.")
    finally:
        choose("en")

    assert said == pseudo("{name} cannot be read: {reason}.").format(
        name="Permission denied", reason=pseudo("Permission denied")
    )


def test_two_sentences_are_said_together_or_not_at_all() -> None:
    choose("de")
    try:
        both = told("This space is closed. Type what to look for.")
        one = told("This space is closed. Nobody said this ever.")
    finally:
        choose("en")

    assert both == "Dieser Raum ist geschlossen. Geben Sie ein, wonach zu suchen ist."
    assert one == "This space is closed. Nobody said this ever."


def test_a_form_without_a_translation_leaves_the_sentence_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sentence = "brief.pdf cannot be read: Permission denied."
    choose("de")
    forms = _Chosen.catalogue.forms
    monkeypatch.setitem(forms, ("", "Permission denied"), ("Zugriff verweigert",))
    monkeypatch.delitem(forms, ("", "{name} cannot be read: {reason}."))
    try:
        said = told(sentence)
    finally:
        choose("en")

    assert said == sentence


def test_no_screen_shows_the_sentence_of_a_failure_past_the_catalogue() -> None:
    """To mend: `told(failure.sentence)`, or a card."""

    def bare(node: ast.AST) -> Iterator[ast.Attribute]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Call(func=ast.Name(id="told")):
                    continue
                case ast.Attribute(value=ast.Name(id=name), attr="sentence") if name in _FAILING:
                    yield child
                case _:
                    yield from bare(child)

    found = [f"{name}:{one.lineno}" for name, tree in files() for one in bare(tree)]

    assert found == []


def test_what_is_wrong_with_a_fact_is_said_with_its_label_and_its_form() -> None:
    choose("en", altered=pseudo)
    try:
        said = told("Acquired at must be a date, as 2026-11-02.")
    finally:
        choose("en")

    assert said.startswith(f"⟦{pseudo('Acquired at')} ")


def test_no_form_swallows_another() -> None:
    assert len(set(FAILURES)) == len(FAILURES)


def test_a_sentence_with_values_is_said_with_the_same_values() -> None:
    choose("de")
    try:
        said = told("Lima is a member already.")
    finally:
        choose("en")

    assert "Lima" in said
    assert said != "Lima is a member already."
