"""The printable list of safety numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.errors import CannotCreateError
from ui import paper

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_list_is_a_pdf_that_overwrites_nothing(tmp_path: Path) -> None:
    lines = [
        paper.PaperLine(f"Person {n}", "Authority · XX", f"{n:05}" * 12, n % 2 == 0)
        for n in range(40)
    ]
    file = tmp_path / "numbers.pdf"

    await paper.write_list(file, "Operation Amberlight", "Clara Weiss", "today", lines)

    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 5
    assert b"Amberlight" not in data  # never in the title of the file
    with pytest.raises(CannotCreateError):
        await paper.write_list(file, "Operation Amberlight", "Clara Weiss", "today", lines)
    assert file.read_bytes() == data
