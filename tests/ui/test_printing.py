"""Everything on paper: what stands on every page, and that nothing is cut, lost or obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from protocol.errors import CannotCreateError
from tests.ui import papers
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from ui.keys.recoverypaper import recovery_paper
from ui.keys.state import SheetState
from ui.language.speaking import speak
from ui.people.numberspaper import NumbersAbout, PaperLine, number_list
from ui.printing.paper import Line, Paper, Style, Table, Words, cell, heading, printed_by
from ui.printing.writing import pdf_of, save

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Not ” and ’: the typeface shares their shapes with other letters, and Qt names those.
LETTERS = (
    "ABC xyz 0123456789 +-:;.,()/“–… ąćęłńóśźż áéíóúýčďěňřšťůž äöüß àâçèêëîïôùûœ ăâîșț åøæ õ "
    "ðġħċ ģķļņ ėįųū őű ΑΒΓ άέήίόύώϊϋΐΰς αβγδεζηθικλμνξοπρστυφχψω АБВ абвгдежзийклмнопрстуфхцчшщъьюя"
)


@pytest.fixture(autouse=True)
def _english_again(qapp: QApplication) -> Iterator[None]:
    assert qapp is not None
    yield
    speak("en")


def rows(count: int, lines: int = 3) -> tuple[tuple[tuple[Line, ...], ...], ...]:
    return tuple(
        (cell(f"N{n}"), cell("\n".join(f"row{n}.{at}" for at in range(lines))), cell("x"))
        for n in range(count)
    )


def paper(*blocks: Words | Table, across: bool = False) -> Paper:
    return Paper(
        title="Hand-over list",
        blocks=blocks,
        made="Clara Weiss  ·  18 Nov 2026, 14:05 UTC+01:00",
        space="Operation Amberlight",
        agreement="JIT 2026/118",
        marks="H1+H2  ·  TLP:AMBER+STRICT",
        seals=(f"SHA-256 {'ab12' * 16}",),
        across=across,
    )


async def test_every_page_says_what_it_is_of_which_case_under_which_code_and_which_page() -> None:
    table = Table((10, 70, 20), rows(60), ("Exhibit", "What it is", "Remarks"))

    pages = papers.texts(await pdf_of(paper(table)))

    assert len(pages) > 3
    for at, text in enumerate(pages, 1):
        flat = " ".join(text.split())
        assert flat.count("H1+H2 · TLP:AMBER+STRICT") == 2, "in head and foot"
        for said in (
            "JIT Client · Hand-over list", "Operation Amberlight · JIT 2026/118", "Clara Weiss",
            "UTC+01:00", f"Page {at} of {len(pages)}", "ab12" * 16, "Exhibit What it is Remarks",
        ):  # fmt: skip
            assert said in flat, (at, said)


async def test_no_row_is_cut_and_none_is_lost() -> None:
    table = Table((10, 70, 20), rows(60, lines=5), ("Exhibit", "What it is", "Remarks"))

    pages = papers.texts(await pdf_of(paper(table)))

    for n in range(60):
        whole = [text for text in pages if f"row{n}.0\n" in text and f"row{n}.4" in text]
        assert len(whole) == 1, n


async def test_a_row_longer_than_a_page_goes_on_without_losing_a_line() -> None:
    long = rows(1, lines=150)
    table = Table((10, 70, 20), (*rows(3), *long), ("Exhibit", "What it is", "Remarks"))

    pages = papers.texts(await pdf_of(paper(table, across=True)))

    said = "\n".join(pages).split()
    assert [one for one in said if one.startswith("row0.")] == [
        *(f"row0.{at}" for at in range(3)),
        *(f"row0.{at}" for at in range(150)),
    ]
    assert all("What it is" in text for text in pages)


async def test_a_form_to_sign_is_not_torn_apart_and_a_heading_never_ends_a_page() -> None:
    form = Table((30, 70), tuple((cell(f"sign{n}"), ()) for n in range(7)), whole=True, pad=8)
    for filled in range(20, 40):
        lines = Words(cell("\n".join(["line"] * filled)))

        pages = papers.texts(await pdf_of(paper(lines, heading("To be signed"), form, across=True)))

        signed = [text for text in pages if "sign" in text.replace("signed", "")]
        assert len(signed) == 1, filled
        assert "To be signed" in signed[0], filled


async def test_text_is_text_that_a_program_finds_again() -> None:
    lines = tuple(Line(LETTERS, style) for style in Style if style not in {Style.BOX, Style.TITLE})

    found = " ".join("\n".join(papers.texts(await pdf_of(paper(Words(lines))))).split())

    for word in LETTERS.split():
        assert found.count(word) >= len(lines), word


async def test_what_others_wrote_is_set_and_not_obeyed() -> None:
    evil = "<b>bold</b><img src='file:///etc/passwd'> &amp;"

    said = "\n".join(papers.texts(await pdf_of(paper(Words(cell(evil + "\u202e\x07"))))))

    assert evil in said
    assert "\u202e" not in said


async def test_a_printer_without_colour_loses_nothing() -> None:
    table = Table((10, 70, 20), rows(5), ("Exhibit", "What it is", "Remarks"), grid=True)

    for page in papers.pictures(await pdf_of(paper(heading("Part"), table))):
        found = page.getcolors(1 << 16)
        assert found is not None
        assert all(red == green == blue for _, (red, green, blue) in found)
        assert min(red for _, (red, _, _) in found) < 40, "black, not grey"


@pytest.mark.parametrize("code", ["en", "el", "bg"])
async def test_in_every_language_it_is_a4_and_says_its_language_but_not_its_case(code: str) -> None:
    speak(code)

    upright = await pdf_of(paper(Words(cell("α"))))
    across = await pdf_of(paper(Words(cell("α")), across=True))

    assert papers.sizes(upright) == {(210, 297)}
    assert papers.sizes(across) == {(297, 210)}
    assert papers.language(upright) == code
    assert papers.title(upright) == "Hand-over list"
    assert b"/DisplayDocTitle true" in upright


async def test_what_the_window_does_not_translate_is_left_to_qt() -> None:
    speak("el")

    assert QCoreApplication.translate("QPageSize", "A4") == "A4"


async def test_a_file_that_is_there_is_never_overwritten_and_others_do_not_read_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "list.pdf"
    save(file, await pdf_of(paper(Words(cell("one")))))
    data = file.read_bytes()

    with pytest.raises(CannotCreateError):
        save(file, b"%PDF")

    assert file.read_bytes() == data
    assert file.stat().st_mode & 0o077 == 0


async def test_the_numbers_stand_whole_beside_a_box_to_tick() -> None:
    made, seals = printed_by(DeskDouble().me, NOW)
    about = NumbersAbout(title="Case", agreement="JIT 1", mine="Clara", made=made, seals=seals)
    lines = [
        PaperLine(f"Person {n}", "Authority · XX", f"{n:05}" * 12, n % 2 == 0) for n in range(40)
    ]

    pages = papers.texts(await pdf_of(number_list(about, lines)))

    flat = [" ".join(text.split()) for text in pages]
    for n in range(40):
        digits = " ".join([f"{n:05}"] * 6)
        assert sum(f"Person {n} " in one and one.count(digits) >= 2 for one in flat) == 1, n
    assert all("UTC" in one and "Key of who made this" in one for one in flat)


async def test_the_recovery_sheet_is_one_page_with_words_and_line() -> None:
    state = SheetState(
        words=tuple(f"word{n}" for n in range(24)), line="jit-recover:" + "x9" * 400,
        owner="Clara Weiss", store="store:8443", made="Clara Weiss  ·  now",
    )  # fmt: skip

    pages = papers.texts(await pdf_of(recovery_paper(state)))

    assert len(pages) == 1
    assert all(f"{n + 1} word{n}" in " ".join(pages[0].split()) for n in range(24))
    assert state.line in "".join(pages[0].split())
