"""What PySide cannot hold safely is not asked for."""

from __future__ import annotations

import ast

from tests.architecture.tree import ROOT, parsed

_ASKED = {"itemAt", "itemAtPosition"}


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
