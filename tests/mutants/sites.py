"""The checks of a module, found in its syntax tree, and each as a change that takes it away.

A check is: an `if` that raises one of our refusals, each part of its condition, a statement that
only calls a checking function, a handler that turns somebody's error into a refusal, a comparison
in constant time; and in the module of rulings every condition, every part of one and every member
of a set. Not a check: what guards against our own mistakes (BugError, TypeError).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OURS: Final = frozenset({"BugError", "TypeError"})
CHECKING: Final = re.compile(r"^_?(check|verify|require|refuse)")
RULINGS: Final = frozenset({"centralstore/policy.py"})
"""Modules in which a condition decides without raising."""


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """One change: in which file, at which node, and how. `what` is for people."""

    path: str
    line: int
    column: int
    how: str
    part: int
    what: str = ""

    @property
    def name(self) -> str:
        """How the command line and the environment name it."""
        return f"{self.path}:{self.line}:{self.column}:{self.how}:{self.part}"

    @staticmethod
    def of(name: str) -> Site:
        """Read a name back."""
        path, line, column, how, part = name.split(":")
        return Site(path, int(line), int(column), how, int(part))


def sites(root: Path, path: str) -> list[Site]:
    """Every check of a module, in the order of its lines."""
    tree = ast.parse((root / path).read_text("utf-8"))
    found = [
        Site(path, node.lineno, node.col_offset, how, part, ast.unparse(shown)[:90])
        for node, how, part, shown in _found(tree, rules=path in RULINGS)
    ]
    return sorted(set(found))


Found = tuple[ast.expr | ast.stmt | ast.excepthandler, str, int, ast.AST]


def _found(tree: ast.AST, *, rules: bool) -> Iterator[Found]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and _refuses(node.body):
            yield node, "unless", 0, node.test
            yield from _parts(node, node.test)
        elif isinstance(node, ast.If | ast.IfExp) and rules:
            yield node, "never", 0, node.test
            yield node, "always", 0, node.test
            yield from _parts(node, node.test)
        elif isinstance(node, ast.Expr) and _checks(node.value):
            yield node, "skip", 0, node
        elif isinstance(node, ast.ExceptHandler) and _refuses(node.body):
            yield node, "swallow", 0, node.type or node
        elif isinstance(node, ast.Call) and _called(node) == "compare_digest":
            yield node, "equal", 0, node
        elif isinstance(node, ast.Return) and rules and isinstance(node.value, ast.BoolOp):
            yield from _parts(node, node.value)
        elif isinstance(node, ast.Set) and rules:
            for place, member in enumerate(node.elts):
                yield node, "without", place, member


def _parts(node: ast.stmt | ast.expr, test: ast.expr) -> Iterator[Found]:
    """Each operand of a condition that has several, to be left out."""
    inner = test.operand if isinstance(test, ast.UnaryOp) else test
    if isinstance(inner, ast.BoolOp):
        for place, operand in enumerate(inner.values):
            yield node, "part", place, operand
    if isinstance(inner, ast.Compare) and len(inner.ops) > 1:
        for place in range(len(inner.ops)):
            yield node, "link", place, inner


def _refuses(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    made = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return not (isinstance(made, ast.Name) and made.id in OURS)


def _checks(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and bool(CHECKING.match(_called(value)))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""
