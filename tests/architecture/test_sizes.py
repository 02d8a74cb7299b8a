"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.tree import ROOMS, name, parsed, sources

MAX_FILE_LINES: Final = 300
MAX_FUNCTION_LINES: Final = 40
MAX_TEST_FILE_LINES: Final = 400  # a list of laws, each readable alone
MAX_TEST_FUNCTION_LINES: Final = 60  # a journey is one story

LONG_FILES: Final = {
    # path: (lines it may have at most, why). Only ever make this list shorter.
    "protocol/errors.py": (330, "the one list of every error; splitting it hides double codes"),
}
LONG_FUNCTIONS: Final[dict[str, tuple[int, str]]] = {
    # "path:Class.function": (lines it may have at most, why)
}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its length; the docstring is a promise, not length."""
    todo: list[tuple[str, ast.AST]] = [("", parsed(path))]
    while todo:
        prefix, node = todo.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                todo.append((f"{prefix}{child.name}.", child))
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                todo.append((f"{prefix}{child.name}.", child))
                yield f"{name(path)}:{prefix}{child.name}", _length(child)
            else:
                todo.append((prefix, child))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    doc = (first.end_lineno or first.lineno) - first.lineno + 1 if is_doc else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - doc


def _over(
    measured: dict[str, int], limit: int, allowed: dict[str, tuple[int, str]]
) -> dict[str, int]:
    return {key: size for key, size in measured.items() if size > allowed.get(key, (limit, ""))[0]}


def _needless(
    measured: dict[str, int], limit: int, allowed: dict[str, tuple[int, str]]
) -> list[str]:
    return [key for key in allowed if measured.get(key, 0) <= limit]


def _file_sizes(*folders: str) -> dict[str, int]:
    return {name(path): len(path.read_text("utf-8").splitlines()) for path in sources(*folders)}


def _function_sizes(*folders: str) -> dict[str, int]:
    return {
        key: size
        for path in sources(*folders)
        if "migrations" not in path.parts  # a schema is a list, not a procedure
        for key, size in _functions(path)
    }


def test_no_file_is_longer_than_300_lines() -> None:
    sizes = _file_sizes(*ROOMS)

    too_long = _over(sizes, MAX_FILE_LINES, LONG_FILES)

    assert too_long == {}, "split by noun or verb of the domain"
    assert _needless(sizes, MAX_FILE_LINES, LONG_FILES) == [], "short again: take it off the list"


def test_no_function_is_longer_than_40_lines() -> None:
    sizes = _function_sizes(*ROOMS)

    too_long = _over(sizes, MAX_FUNCTION_LINES, LONG_FUNCTIONS)

    assert too_long == {}, "name the steps and give each its function"
    assert _needless(sizes, MAX_FUNCTION_LINES, LONG_FUNCTIONS) == [], "take it off the list"


def test_tests_and_benchmarks_can_be_read_too() -> None:
    folders = ("tests", "bench")

    assert _over(_file_sizes(*folders), MAX_TEST_FILE_LINES, {}) == {}
    assert _over(_function_sizes(*folders), MAX_TEST_FUNCTION_LINES, {}) == {}
