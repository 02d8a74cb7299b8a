"""What PySide cannot hold safely is not asked for."""

from __future__ import annotations

import ast

from tests.architecture.tree import ROOT, parsed

_ASKED = {"itemAt", "itemAtPosition"}
_NOT_ITS_OWN = {"screen", "windowHandle"}


def test_no_layout_is_asked_for_its_items() -> None:
    """PySide keeps the answer as long as the layout, also when Qt has freed the item.

    Whatever Qt then makes at that address is taken for the item: an action without `setCheckable`,
    or the end of the process. `indexOf`, and a list of one's own, say the same.
    """
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in _ASKED
    ]

    assert found == []


def test_nothing_is_asked_for_the_screen_or_the_window_of_the_system_that_it_is_on() -> None:
    """PySide takes the answer for a part of who was asked (docs/adr/0072).

    When the collector finds both in one circle it frees the screen, which Qt has still in its
    list; the next window that is painted ends the process.
    """
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("ui", "jitclient", "tests", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _NOT_ITS_OWN
        and not (node.args or node.keywords)
    ]

    assert found == []
