"""What a translation must keep of its source, checked when it is put in and by the tests."""

from __future__ import annotations

import re
from string import Formatter
from typing import Final

from tests.languages.message import Message

RULES: Final = """\
Keep every {place} as it is, and no other; move it where the sentence needs it.
In a form for exactly one or two, {count} may be left out.
Where a text has `word:: meaning`, keep the two colons once: a word before them, the meaning behind.
An ellipsis or a colon at the end stays; a full stop where the source has one, and none where not.
Nothing is markup: no <b>, no **, no [](), no `. Quotation marks are those of the language.
SHA-256, H1, PDF, EPPO, TLS and the like stay; so do commands, settings and codes.
Speak to the person politely (Sie, vous, usted, Lei, u) as the catalogue does, in short sentences.
Call buttons, columns and states what `names` and the catalogue call them.
Keys are written as on the keyboards of the language; {send} and the like are filled in.
"""
_PAIR: Final = ":: "
_MARKUP: Final = re.compile(r"\*\*|`|\]\(|</?[a-z]+>|^#|^- |^→ |\n")
_END: Final = re.compile(r"[.…:?!]?[”“\"»)]*$")
_SCRIPT: Final = {"bg": re.compile("[а-яА-Я]"), "el": re.compile("[α-ωΑ-Ωά-ώ]")}
_WORDS: Final = re.compile(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}")
_ENDS: Final = {"…": "…", ":": ":", "?": "?;;", ".": ".!", "!": "!."}


def places(text: str) -> set[str]:
    """The names in braces.

    Raises:
        ValueError: a brace is left open.
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def wrong(one: Message, translation: object, code: str, forms: int) -> str:
    """Why a translation cannot be taken; empty if it can."""
    given = translation if isinstance(translation, list) else [translation]
    if bool(one.plural) != isinstance(translation, list):
        return "a list of forms, exactly where the source counts"
    if one.plural and len(given) != forms:
        return f"{len(given)} forms; {forms} are needed"
    if not all(isinstance(form, str) for form in given):
        return "a form is no text"
    whys = (_wrong(one, str(form), code, counted=len(given) > 1) for form in given)
    return next((why for why in whys if why), "")


def _wrong(one: Message, form: str, code: str, *, counted: bool) -> str:
    if not form.strip() or form != form.strip():
        return "empty, or a blank at an end"
    return _wrong_places(one, form, counted=counted) or _wrong_form(one, form, code)


def _wrong_places(one: Message, form: str, *, counted: bool) -> str:
    source = places(one.text) | places(one.plural)
    try:
        found = places(form)
    except ValueError:
        return "a brace that is not closed"
    if found - source:
        return f"places that the source has not: {', '.join(sorted(found - source))}"
    lost = source - found - ({"count"} if counted else set())
    return f"places are lost: {', '.join(sorted(lost))}" if lost else ""


def _wrong_form(one: Message, form: str, code: str) -> str:
    if form.count(_PAIR) != one.text.count(_PAIR) or form.startswith(_PAIR):
        return "`:: ` stands between a word and its meaning, as often as in the source"
    if _MARKUP.search(form) and not _MARKUP.search(one.text):
        return "markup, or a line break"
    if _end(one.text) not in ("", *_ENDS) or not _ends_alike(one.text, form):
        return f"it ends otherwise than the source: {one.text[-3:]!r}, {form[-3:]!r}"
    script = _SCRIPT.get(code)
    if script is not None and _WORDS.search(one.text) and not script.search(form):
        return "not in the letters of the language"
    if form == one.text and _WORDS.search(one.text):
        return "the same as the source"
    return ""


def _end(text: str) -> str:
    found = _END.search(text)
    return next((mark for mark in found[0] if mark in _ENDS), "") if found is not None else ""


def _ends_alike(source: str, form: str) -> bool:
    mark = _end(source)
    if mark == "":
        return _end(form) in ("", ".")  # an abbreviation ends with a full stop
    return (_end(form) or form[-1]) in _ENDS[mark]
