"""Sentences that are made below the window and shown in it: found in the sources, kept in a list.

`make languages` writes `resources/languages/lower.txt`, one sentence a line, a name in braces for
each value; `ui.language.told` says them in the language of the person.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from protocol.facts import Form
from tests.architecture.tree import ROOT, sources
from ui.language.failures import FAILURES
from ui.language.sentences import EVENTS

FILE: Final = ROOT / "resources/languages/lower.txt"
ROOMS: Final = ("jitclient", "sync", "localstore", "crypto", "protocol")
NOT_THERE: Final = (
    "jitclient/cli/", "jitclient/demo/", "jitclient/doctor.py", "jitclient/carrier.py",
    "jitclient/viewing/confinement.py", "jitclient/viewing/seccomp.py",
)  # fmt: skip
"""The command line is English by design; the others speak to a terminal or to a log."""
_FOR_US: Final = frozenset(
    {"BugError", "TypeError", "ValueError", "AssertionError", "RuntimeError"}
)
"""Failures of the program itself: their card says so, their sentence is for the report."""
_SENTENCE: Final = re.compile(r"[A-Z“{].*\s.*[.?!…]", re.DOTALL)
_PLACE: Final = re.compile(r"\{[^{}]*\}")
_LEAST: Final = 8
"""Letters that a form must have besides its values: less is anything at all."""
_FORMS: Final = tuple(
    f"{{label}} must be {form.value}." for form in (Form.MOMENT, Form.DAY, Form.PATH)
)
"""Put together from a label and a form; what is wrong with a fact is said so."""
_NAMED: Final = {"strerror": "reason", "name_of": "name"}


def shape(text: str) -> str:
    """The sentence without the names of its values."""
    return _PLACE.sub("{}", text)


@cache
def lower() -> tuple[str, ...]:
    """Every sentence below the window that ui/language has no form of its own for."""
    known = {shape(one) for one in (*EVENTS, *FAILURES)}
    found = {one: one for one in _FORMS}
    for path in sources(*ROOMS):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(NOT_THERE):
            continue
        for text in _literals(ast.parse(path.read_text(encoding="utf-8"))):
            letters = sum(map(str.isalpha, _PLACE.sub("", text)))
            if letters >= _LEAST and _SENTENCE.fullmatch(text) and shape(text) not in known:
                found.setdefault(shape(text), text)
    return tuple(sorted(found.values()))


def listed() -> tuple[str, ...]:
    """What the list holds now."""
    return tuple(FILE.read_text(encoding="utf-8").splitlines())


def write() -> None:
    """Bring the list in step with the sources."""
    FILE.write_text("".join(f"{one}\n" for one in lower()), encoding="utf-8")


def _literals(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name))) if name in _FOR_US:
                continue
            case ast.Constant(value=str(text)):
                yield text.strip()
            case ast.JoinedStr(values=values):
                yield _form(values).strip()
            case _:
                yield from _literals(child)


def _form(values: list[ast.expr]) -> str:
    """An f-string with names for its values; what differs has different names."""
    names: dict[str, str] = {}
    made = ""
    for one in values:
        if isinstance(one, ast.Constant):
            made += str(one.value)
        elif isinstance(one, ast.FormattedValue):
            made += "{" + _name(one.value, names) + "}"
    return made


def _name(value: ast.expr, names: dict[str, str]) -> str:
    key = ast.unparse(value)
    if key not in names:
        base = _NAMED.get(_word(value), _word(value)).strip("_").lower() or "value"
        taken = set(names.values())
        more = (f"{base}_{at}" for at in range(2, len(taken) + 3))
        names[key] = base if base not in taken else next(one for one in more if one not in taken)
    return names[key]


def _word(value: ast.expr) -> str:
    match value:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr="value" | "hex"):
            return _word(inner)
        case ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Name(id="len" | "str" | "min" | "max" | "repr"), args=[inner, *_]):
            return _word(inner)
        case ast.Call(func=func):
            return _word(func)
        case ast.Subscript(value=inner) | ast.BinOp(left=inner):
            return _word(inner)
        case _:
            return "value"
