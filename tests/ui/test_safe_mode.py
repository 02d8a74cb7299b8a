"""In safe mode nothing remembered of the look reaches the window, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import put_away
from ui.memory import FILE, Memory
from ui.shell import Shell

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _remembered(folder: Path) -> bytes:
    memory = Memory(folder)
    memory.keep("appearance", "dark")
    memory.keep("windows", "3")
    memory.save()
    return (folder / FILE).read_bytes()


@pytest.mark.parametrize("safe", [True, False])
async def test_what_was_remembered_is_neither_read_nor_changed(safe: bool, tmp_path: Path) -> None:
    before = _remembered(tmp_path)

    shell = Shell(tmp_path, lambda: 0.0, lambda _failure: None, safe=safe)
    read = shell.memory.text("appearance"), shell.memory.text("windows")
    shell.memory.keep("windows", "5")
    shell.memory.save()
    await put_away(shell)

    assert read == (("", "") if safe else ("dark", "3"))
    assert ((tmp_path / FILE).read_bytes() == before) is safe
