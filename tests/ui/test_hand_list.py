"""The hand-over list: what stands on it, what does not, and that nothing on it is obeyed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from jitclient import factviews
from jitclient.views import ExhibitState
from tests.ui import papers
from tests.ui.desk_double import DeskDouble
from tests.ui.story import FACTS
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, sheet, until
from ui import binding
from ui.evidence.handlist import About, HandList, digest_of, hand_list
from ui.evidence.listasking import ListPresenter
from ui.evidence.listsheet import ListSheet
from ui.printing.paper import Line, Paper, Words
from ui.printing.writing import pdf_of
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


def made(desk: DeskDouble, **more: Any) -> HandList:
    rows = desk.files[desk.space_a]
    detail = desk.details[desk.space_a]
    about = About("Operation <Amberlight>", "JIT 2026/118", "Clara Weiss, today", detail.members)
    return hand_list(rows, replace(about, **more), UTC)


def text_of(made: HandList) -> str:
    """Every word of it, line by line as it is set."""
    return "\n".join(one.text for one in lines_of(made.paper))


def lines_of(paper: Paper) -> Iterator[Line]:
    for block in paper.blocks:
        if isinstance(block, Words):
            yield from block.lines
            continue
        yield from (Line(one) for one in block.heads)
        yield from (line for row in block.rows for one in row for line in one)


async def test_every_exhibit_stands_there_with_what_a_court_asks_for() -> None:
    desk = DeskDouble()
    row = desk.exhibit(
        desk.space_a, "a.xlsx", "A-2", 1234, ExhibitState.VERIFIED, author=1, have=1, facts=FACTS
    )

    paper = made(desk)

    text = text_of(paper)
    assert paper.count == 1
    assert paper.paper.marks == "H1+H2  ·  TLP:AMBER+STRICT"
    for said in ("A-2", "Account statements, third quarter", "a.xlsx", "1,234 bytes", "not yet"):
        assert said in text
    assert row.sha256[:32] in text
    assert row.sha256[32:] in text
    for said in ("Staatsanwaltschaft Hamburg", "Jan de Vries", "Signature", "seals intact"):
        assert said in text


async def test_what_failed_or_was_taken_back_is_on_no_list() -> None:
    desk = DeskDouble()
    for state in ExhibitState:
        desk.exhibit(desk.space_a, f"{state.value}.bin", "A-1", 1, state)

    text = text_of(made(desk))

    for state in (ExhibitState.FAILED, ExhibitState.WITHDRAWN, ExhibitState.SEALING):
        assert f"{state.value}.bin" not in text
    assert "on-server.bin" in text


async def test_what_others_wrote_is_shown_and_not_obeyed() -> None:
    desk = DeskDouble()
    facts = (("title", "<img src='file:///etc/passwd'><h1>Signed</h1>"), ("tlp", "RED"))
    desk.exhibit(desk.space_a, "</table>.bin", "<b>1", 1, ExhibitState.VERIFIED, facts=facts)

    paper = made(desk)

    said = "\n".join(papers.texts(await pdf_of(paper.paper)))
    for raw in ("<img", "<h1>", "<b>1", "</table>.bin", "<Amberlight>"):
        assert raw in said


async def test_the_list_says_the_same_every_time_in_the_order_of_numbers() -> None:
    desk = DeskDouble()
    for number in ("B-2", "A-1", "C-3"):
        desk.exhibit(desk.space_a, f"{number}.bin", number, 1, ExhibitState.VERIFIED)
    rows = desk.files[desk.space_a]

    first = made(desk)
    desk.files[desk.space_a] = list(reversed(rows))

    assert made(desk) == first
    text = text_of(first)
    assert text.index("A-1.bin") < text.index("B-2.bin") < text.index("C-3.bin")


async def test_a_page_bears_every_code_and_the_strictest_label() -> None:
    found = factviews.highest(
        (
            (("handling", "H0"), ("tlp", "GREEN")),
            (("handling", "H2"), ("tlp", "RED")),
            (("handling", "H1"), ("tlp", "AMBER"), ("marking", "VS-NfD"), ("privileged", "yes")),
            (),
        )
    )

    assert found == ("H1+H2", "TLP:RED", "VS-NfD", "Privileged")


async def test_its_pages_are_bound_by_a_hash_that_others_compute_from_the_list() -> None:
    desk = DeskDouble()
    for number in range(40):
        desk.exhibit(
            desk.space_a, f"{number}.bin", f"A-{number}", 1, ExhibitState.VERIFIED, facts=FACTS
        )
    rows = [replace(row, sha256=f"{at:064x}") for at, row in enumerate(desk.files[desk.space_a])]
    desk.files[desk.space_a] = rows
    ordered = sorted(rows, key=lambda row: row.exhibit.casefold())
    lines = "".join(f"{row.sha256}  {row.exhibit}\n" for row in ordered)
    digest = hashlib.sha256(lines.encode()).hexdigest()

    data = await pdf_of(made(desk).paper)

    pages = papers.texts(data)
    assert len(pages) > 3
    assert all(digest in text for text in pages)
    assert digest_of(rows[:-1]) not in pages[0]
    assert b"Amberlight" not in data
    signed = [text for text in pages if "Signature" in text]
    assert len(signed) == 1
    assert "Name, function" in signed[0], "the form to sign stands on one page"


async def test_it_says_from_whom_to_whom_what_for_and_on_which_basis() -> None:
    desk = DeskDouble()
    facts = (*FACTS, ("remarks", "Box 2 of 3"))
    desk.exhibit(
        desk.space_a, "a.bin", "A-2", 1, ExhibitState.VERIFIED, author=1, have=1, facts=facts
    )

    text = text_of(made(desk, number="HL 7", purpose="Trial in Lyon", basis="Article 5"))

    for said in (
        "HL 7", "Trial in Lyon", "Article 5", "Jan de Vries, FIOD, NL", "Box 2 of 3", "hash equal",
        "compliance desk.\nOne sheet", "162 Gs 1190/26", "Hashes equal: yes / no",
    ):  # fmt: skip
        assert said in text, said
    assert "To\nJan de Vries" in text
    assert "\ufffd" not in text, "further lines are lines"


async def test_what_this_device_refused_stands_there_with_the_reason() -> None:
    desk = DeskDouble()
    desk.exhibit(desk.space_a, "good.bin", "A-1", 1, ExhibitState.VERIFIED, author=1)
    row = desk.exhibit(desk.space_a, "torn.bin", "A-2", 1, ExhibitState.CORRUPTED, author=1)
    rows = desk.files[desk.space_a]
    rows[-1] = replace(row, problem="The hash is another.")
    desk.exhibit(desk.space_a, "own.bin", "A-3", 1, ExhibitState.CORRUPTED)

    paper = made(desk)

    text = text_of(paper)
    assert paper.count == 1
    assert "Refused lines, with the reason\nA-2\ntorn.bin\nThe hash is another." in text
    assert "own.bin" not in text


async def test_the_list_is_asked_about_written_and_on_record(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    path = tmp_path / "list.pdf"

    async def choose(*_: object) -> Path:
        return path

    monkeypatch.setattr(binding, "choose_target", choose)
    frame.stage.evidence.printing.click()
    found = await sheet()
    assert isinstance(found, ListSheet)
    assert found.basis.text() == desk.details[desk.space_a].row.agreement
    found.purpose.edit.setText("Trial in Lyon")
    found.action.click()
    await until(path.exists)
    await calm(frame)

    assert path.read_bytes().startswith(b"%PDF")
    assert "write_paper" in desk.calls


async def test_where_nothing_was_handed_over_there_is_no_list() -> None:
    asked = ListPresenter(About("Case", "JIT 1", "now"), 0)

    assert not asked.state.can_write
