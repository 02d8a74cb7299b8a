"""What the sources say to people: each sentence of `tr`, `trn` and `trc`, each table of words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from jitclient import factviews, intakeviews, reviewviews
from protocol.facts import FIELDS, Form, Group
from tests.architecture.tree import ROOT
from tests.languages.lower import listed
from tests.languages.message import Message
from ui.language import dates, failures, sentences
from ui.language.keynames import ON_A_KEY, PRINTED
from ui.language.speaking import BUTTONS, QT
from ui.words import UNITS

UI: Final = ROOT / "ui"
NO_TEXT: Final = (
    "ui/again.py", "ui/app.py", "ui/application.py", "ui/memory.py", "ui/pictures.py",
    "ui/gallery/", "ui/layouts.py", "ui/ports.py", "ui/language/", "ui/locking/",
    "ui/settings/inside.py", "ui/theme/",
)  # fmt: skip
"""Files without words for people, except where they call `tr`."""
NAMES: Final = frozenset(
    {"JIT Client", "SHA-256", "Esc", "JIT 2026/118", "2026-11-02T14:05+01:00, or 2026-11-02",
     "review:new review:in-review", "d MMMM yyyy", "d MMM yyyy", "KiB", "MiB", "GiB", "TiB",
     "UTF-16 BE", "UTF-16 LE", "Notify"}
)  # fmt: skip
"""Names and forms that are the same in every language."""
NOT_SHOWN: Final = frozenset(
    {
        "setObjectName",
        "setProperty",
        "property",
        "bind",
        "key",
        "getLogger",
        "compile",
        "Key",
        "keep",
        "create_task",
        "cast",
    }
)
"""Calls whose strings are for the program."""
_KEYS: Final = re.compile(
    r"(?:(?:Ctrl|Alt|Shift|Num|Down|Up|Left|Right|End|Enter|Return|Esc)(?:\+\w*|\+.)*"
    r"|Page .|PgUp|PgDown|Windows-\d+)"
)
_CAMEL: Final = re.compile(r"(?:[A-Z][a-z]+){2,}")
_WORDY: Final = re.compile(r"[A-Za-z]{2,}\s|\s[A-Za-z]{2,}|^[\s“\"]*[A-Z][a-z]+")


@cache
def messages() -> dict[tuple[str, str], Message]:
    """Every message of the product by its key; the first place it stands at is named."""
    found: dict[tuple[str, str], Message] = {}
    for one in (*_said(), *_tables(), *_domain(), *_locale()):
        known = found.get(one.key)
        if known is None or (one.plural and not known.plural):
            found[one.key] = one
    return found


def wordy(text: str) -> bool:
    """Whether a literal looks like words for a person."""
    if _KEYS.fullmatch(text) or _CAMEL.fullmatch(text):
        return False
    return bool(_WORDY.search(text)) and text.strip() not in NAMES and "<" not in text


def files() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the window."""
    for path in sorted(UI.rglob("*.py")):
        yield _name(path), ast.parse(path.read_text(encoding="utf-8"))


def has_text(name: str) -> bool:
    """Whether the literals of a file are for people."""
    return not name.startswith(NO_TEXT)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _said() -> Iterator[Message]:
    for name, tree in files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = [one.value for one in node.args if isinstance(one, ast.Constant)]
                where = f"{name}:{node.lineno}"
                match node.func.id, given:
                    case "tr", [str(text)]:
                        yield Message(text, where=where)
                    case "trc", [str(context), str(text)]:
                        yield Message(text, context=context, where=where)
                    case "trn", [str(one), str(more), *_]:
                        yield Message(one, more, where=where)
                    case _:
                        pass


def _tables() -> Iterator[Message]:
    """Words that stand outside functions; two that count, side by side, are two forms of one."""
    for name, tree in files():
        if not has_text(name):
            continue
        before = ""
        for node, text in literals(tree, inside=False):
            where = f"{name}:{node.lineno}"
            if "{count}" in text:
                if before:
                    yield Message(before, text, where=where)
                before = "" if before else text
            else:
                yield from (Message(line, where=where) for line in text.split("\n") if line)


def literals(tree: ast.Module, *, inside: bool) -> Iterator[tuple[ast.Constant, str]]:
    """Wordy literals, inside functions or outside of them, that nothing translates."""
    yield from _walk(tree, inside=inside, now=False)


def _walk(node: ast.AST, *, inside: bool, now: bool) -> Iterator[tuple[ast.Constant, str]]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _walk(child, inside=inside, now=True)
            case ast.Call(func=ast.Name(id="tr" | "trn" | "trc")) | ast.Raise():
                continue
            case ast.Call(func=func) if _called(func) in NOT_SHOWN and now:
                continue
            case ast.Compare() | ast.Subscript():
                continue
            case ast.Constant(value=str(text)) if now == inside and wordy(text):
                yield child, text
            case _ if isinstance(child, ast.arg):
                continue
            case _:
                yield from _walk(child, inside=inside, now=now)


def _called(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")


def _domain() -> Iterator[Message]:
    """Words that lower rooms hold for both faces."""
    where = "protocol/facts.py"
    labels = [factviews.NUMBER, *(one.label for one in FIELDS)]
    choices = [
        factviews.said(field.name, choice)
        for field in FIELDS
        if field.form is Form.CHOICE and field.name in factviews.CHOSEN
        for choice in field.choices
    ]
    for text in (*(one.value for one in Group), *labels, *choices):
        yield Message(text, where=where)
    rest = (*factviews.HANDLING.values(), *factviews.GRADES.values(), *reviewviews.WORDS.values())
    for text in rest:
        yield Message(text, where="jitclient/factviews.py")
    of_forms = (one.label for one in intakeviews.FIELDS if one not in FIELDS)
    headings = (heading for heading, _ in intakeviews.SECTIONS)
    for text in (*headings, *of_forms, *intakeviews.WORDS.values()):
        yield Message(text, where="jitclient/intakeviews.py")
    for text in sentences.EVENTS:
        yield Message(text, where="ui/language/sentences.py")
    for text in listed():
        yield Message(text, where="resources/languages/lower.txt")
    for text in (*failures.FAILURES, *failures.REASONS):
        yield Message(text, where="ui/language/failures.py")


def _locale() -> Iterator[Message]:
    """What `make languages` takes from the CLDR."""
    for context, texts in (
        (dates.MONTH, dates.MONTHS),
        (dates.SHORT_MONTH, dates.SHORT_MONTHS),
        (dates.WEEKDAY, dates.WEEKDAYS),
        (dates.DATE, (dates.LONG,)),
        (dates.SHORT_DATE, (dates.LONG,)),
        (dates.TIME, (dates.CLOCK,)),
        ("between thousands", (",",)),
        ("decimal", (".",)),
    ):
        for text in texts:
            yield Message(text, context=context, where="ui/language/dates.py")
    for text in BUTTONS:
        yield Message(text, context=QT, where="ui/language/speaking.py")
    for text in PRINTED:
        yield Message(text, context=ON_A_KEY, where="ui/language/keynames.py")
    for text in UNITS:
        yield Message(text, where="ui/words.py")
