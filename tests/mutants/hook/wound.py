"""Compiles one module of the product with one check taken out.

`JIT_MUTANT` is either a site of `tests/mutants/sites.py` (path:line:column:how:part) or
`text:NAME` of an entry of `tests/mutants/wounds.json`. An entry names the check by what it
`raises` (a part of the sentence), or exchanges an `old` text for a `new` one. Uses the standard
library only: it runs before anything else is imported.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[3]


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module changed; never from or into a cache."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module first."""

    def __init__(self, module: str, path: Path, code: CodeType) -> None:
        self._module, self._path, self._code = module, path, code

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        loader = _Loader(fullname, str(self._path), self._code)
        return importlib.machinery.ModuleSpec(fullname, loader, origin=str(self._path))


def install(mutant: str) -> None:
    """Change the module that the mutant names, from its next import on."""
    path, code = changed(mutant)
    module = path.removesuffix(".py").replace("/", ".")
    sys.meta_path.insert(0, _Finder(module, ROOT / path, code))


def changed(mutant: str) -> tuple[str, CodeType]:
    """The path of the module and its code without the check.

    Raises:
        LookupError: the source has no such place any more.
    """
    if mutant.startswith("text:"):
        wounds = json.loads((ROOT / "tests/mutants/wounds.json").read_text("utf-8"))
        one = next(w for w in wounds if w["name"] == mutant.removeprefix("text:"))
        source = (ROOT / one["path"]).read_text("utf-8")
        if "raises" in one:
            return one["path"], _silenced(source, one)
        if source.count(one["old"]) != 1:
            raise LookupError(f"{one['name']}: its text stands {source.count(one['old'])} times")
        return one["path"], compile(source.replace(one["old"], one["new"]), one["path"], "exec")
    path, line, column, how, part = mutant.split(":")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    wound = _Wound(int(line), int(column), how, int(part))
    wound.visit(tree)
    ast.fix_missing_locations(tree)
    if not wound.done:
        raise LookupError(f"{mutant}: no such place")
    return path, compile(tree, str(ROOT / path), "exec")


def _silenced(source: str, one: dict[str, str]) -> CodeType:
    """The module without the one refusal whose sentence holds the text named."""
    tree = ast.parse(source)
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If | ast.ExceptHandler)
        and isinstance(node.body[-1], ast.Raise)
        and one["raises"] in _words(node.body[-1])
    ]
    if len(found) != 1:
        raise LookupError(f"{one['name']}: {len(found)} refusals say so")
    (node,) = found
    if isinstance(node, ast.If):
        node.test = ast.Constant(value=False)
    else:
        node.body = [ast.Pass()]
    return compile(ast.fix_missing_locations(tree), one["path"], "exec")


def _words(raised: ast.Raise) -> str:
    parts = [n.value for n in ast.walk(raised) if isinstance(n, ast.Constant)]
    return "".join(part for part in parts if isinstance(part, str))


class _Wound(ast.NodeTransformer):
    """Changes the one node at a place."""

    def __init__(self, line: int, column: int, how: str, part: int) -> None:
        self.place, self.how, self.part, self.done = (line, column), how, part, False

    def visit(self, node: ast.AST) -> ast.AST:
        here = (getattr(node, "lineno", 0), getattr(node, "col_offset", -1)) == self.place
        changed = self._changed(node) if here and not self.done else None
        if changed is not None:
            self.done = True
            return changed
        return super().generic_visit(node)

    def _changed(self, node: ast.AST) -> ast.AST | None:
        fitting = {
            "unless": (ast.If,),
            "never": (ast.If, ast.IfExp),
            "always": (ast.If, ast.IfExp),
            "part": (ast.If, ast.IfExp, ast.Return),
            "link": (ast.If, ast.IfExp),
            "skip": (ast.Expr,),
            "swallow": (ast.ExceptHandler,),
            "equal": (ast.Call,),
            "without": (ast.Set,),
        }
        if not isinstance(node, fitting[self.how]):
            return None
        act: Callable[[ast.AST], ast.AST | None] = getattr(self, f"_{self.how}")
        return act(node)

    def _unless(self, node: ast.If) -> ast.AST:
        node.test = ast.Constant(value=False)
        return node

    _never = _unless

    def _always(self, node: ast.If) -> ast.AST:
        node.test = ast.Constant(value=True)
        return node

    def _part(self, node: ast.If | ast.Return) -> ast.AST | None:
        test = node.test if not isinstance(node, ast.Return) else node.value
        inner = test.operand if isinstance(test, ast.UnaryOp) else test
        if not isinstance(inner, ast.BoolOp):
            return None
        del inner.values[self.part]
        if len(inner.values) == 1:
            inner.values.append(ast.Constant(value=isinstance(inner.op, ast.And)))
        return node

    def _link(self, node: ast.If) -> ast.AST | None:
        inner = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        if not isinstance(inner, ast.Compare):
            return None
        left = [inner.left, *inner.comparators]
        pairs: list[ast.expr] = [
            ast.Compare(left=left[i], ops=[op], comparators=[left[i + 1]])
            for i, op in enumerate(inner.ops)
            if i != self.part
        ]
        kept: ast.expr = pairs[0] if len(pairs) == 1 else ast.BoolOp(op=ast.And(), values=pairs)
        if isinstance(node.test, ast.UnaryOp):
            node.test.operand = kept
        else:
            node.test = kept
        return node

    def _skip(self, node: ast.Expr) -> ast.AST:
        return ast.Pass(lineno=node.lineno, col_offset=node.col_offset)

    def _swallow(self, node: ast.ExceptHandler) -> ast.AST:
        node.body = [ast.Pass()]
        return node

    def _equal(self, node: ast.Call) -> ast.AST:
        return ast.Constant(value=True)

    def _without(self, node: ast.Set) -> ast.AST:
        del node.elts[self.part]
        return node
