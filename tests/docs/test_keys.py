"""The manual lists the keys that there are."""

from __future__ import annotations

from tests.docs import keys


def test_the_manual_lists_the_keys_of_the_table() -> None:
    text = keys.PAGE.read_text("utf-8")

    assert keys.BEGIN in text
    assert keys.page(text) == text, "python -m tests.docs.keys"
