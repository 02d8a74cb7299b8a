"""The help knows every screen, every error and every place that it links to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from protocol.errors import JitError
from tests.architecture.test_errors import _below, _load_every_room
from tests.architecture.tree import ROOMS, ROOT, sources
from ui.errors.table import CARDS
from ui.help.book import NAMES, Book
from ui.help.page import Link, Page, place
from ui.help.topics import TOPICS

_PARTS: Final = {"MessageView"}
"""Parts of a screen that are named like one."""


@pytest.fixture(scope="module")
def book() -> Book:
    """The help as the window reads it."""
    return Book()


def _codes() -> set[str]:
    """Of the classes, and those that a raise gives in words."""
    _load_every_room()
    codes = {error.code for error in _below(JitError)} | {JitError.code}
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                codes |= {
                    str(one.value.value)
                    for one in node.keywords
                    if one.arg == "code"
                    and isinstance(one.value, ast.Constant)
                    and one.value.value
                    and _raises(node)
                }
    return codes


def _raises(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return name.endswith("Error")


def test_every_error_has_a_card_and_an_entry_in_the_help(book: Book) -> None:
    """To mend: a card in ui/errors/table.py or rare.py, a cause in resources/help/errors.md."""
    entries = {one.name for one in book.pages["errors"].sections}

    assert sorted(_codes() - set(CARDS)) == []
    assert sorted((_codes() | set(CARDS)) - entries) == []


def _screens() -> Iterator[str]:
    for path in sorted((ROOT / "ui").rglob("*.py")):
        if path.is_relative_to(ROOT / "ui/widgets") or path.is_relative_to(ROOT / "ui/help"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = [one.id for one in node.bases if isinstance(one, ast.Name)]
                if node.name.endswith(("View", "Sheet", "Window")) or "Sheet" in bases:
                    yield node.name


def test_every_screen_has_its_page(book: Book) -> None:
    """To mend: a line in ui/help/topics.py, and what there is to say in resources/help/."""
    missing = sorted(set(_screens()) - set(TOPICS) - _PARTS)

    assert missing == []
    assert sorted(set(TOPICS) - set(_screens())) == []
    assert [name for name, at in TOPICS.items() if book.section(place(at)) is None] == []


def test_no_link_dangles_and_no_page_is_left_out(book: Book) -> None:
    lost = [
        f"{page.name}: {block.to}"
        for page in book.pages.values()
        for section in page.sections
        for block in section.blocks
        if isinstance(block, Link) and book.section(block.to) is None
    ]

    assert lost == []
    assert {path.stem for path in (ROOT / "resources/help").glob("*.md")} == set(NAMES)


def test_nothing_of_a_page_is_markup_that_nobody_reads(book: Book) -> None:
    def shown(page: Page) -> str:
        return " ".join(str(block) for section in page.sections for block in section.blocks)

    odd = [
        page.name
        for page in book.pages.values()
        if any(mark in shown(page) for mark in ("](", "**", "`", "{", "<b", ":: "))
    ]

    assert odd == []


def test_every_page_has_a_title_and_no_section_is_empty_or_named_twice(book: Book) -> None:
    for page in book.pages.values():
        names = [one.name for one in page.sections]
        assert page.title, page.name
        assert len(names) == len(set(names)), page.name
        assert all(one.blocks for one in page.sections), page.name
