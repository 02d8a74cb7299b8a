"""What the documentation names exists, and the sections that the code cites exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted(DOCS.rglob("*.md"))
ROOMS: Final = ("protocol", "crypto", "localstore", "sync", "jitclient", "ui", "centralstore")
_LINK: Final = re.compile(r"\]\(([^)#\s]+)\)")
_QUOTED: Final = re.compile(r"`([^`\n]+)`")
_TEST: Final = re.compile(r"^([a-z_]+(?:/[a-z_0-9]+)*\.py)::(test_\w+)$")
_MODULE: Final = re.compile(rf"^(?:{'|'.join(ROOMS)}|tests|bench)/[a-z_0-9/]+\.py$")
_HEADING: Final = re.compile(r"^## (\d+(?:\.\d+)?)\.? ", re.MULTILINE)
_CITED: Final = re.compile(r"docs/protocol/(\d\d-[a-z-]+\.md)((?:[,\s]*(?:and|to)?\s*§[\d.]+)*)")
_NUMBER: Final = re.compile(r"§(\d+(?:\.\d+)?)")


def _names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=_names(PAGES))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [to for to in _LINK.findall(page.read_text()) if not to.startswith("http")]

    assert [to for to in links if not (page.parent / to).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_names(PAGES))
def test_every_module_and_test_that_is_named_exists(page: Path) -> None:
    lost = []
    for line in page.read_text().splitlines():
        file: Path | None = None
        for name in _QUOTED.findall(line):
            if _MODULE.match(name):
                lost += [] if (ROOT / name).is_file() else [name]
            elif found := _TEST.match(name):
                file = ROOT / "tests" / found[1]
                lost += [] if _holds(file, found[2]) else [name]
            elif re.fullmatch(r"test_\w+", name) and file is not None:
                lost += [] if _holds(file, name) else [f"{file.name}::{name}"]

    assert lost == []


def _holds(file: Path, test: str) -> bool:
    return (
        file.is_file()
        and re.search(rf"^(?:async )?def {test}\(", file.read_text(), re.MULTILINE) is not None
    )


def test_every_section_that_the_code_cites_exists() -> None:
    lost = []
    for path in [p for room in ROOMS for p in (ROOT / room).rglob("*.py")]:
        for page, sections in _CITED.findall(path.read_text()):
            file = DOCS / "protocol" / page
            here = set(_HEADING.findall(file.read_text())) if file.is_file() else set()
            wanted = set(_NUMBER.findall(sections))
            if not file.is_file() or not wanted <= here:
                lost.append(f"{path.relative_to(ROOT)}: {page} {sorted(wanted - here)}")

    assert lost == []


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text() + (DOCS / "protocol/00-overview.md").read_text()
    pages = [page.name for page in PAGES if page.name not in {"README.md", "00-overview.md"}]

    assert [name for name in pages if name not in index] == []


def test_no_decision_shares_its_number_and_its_first_line_bears_it() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    headed = [int(page.read_text("utf-8").split(maxsplit=2)[1].rstrip(".")) for page in pages]

    assert len(set(numbers)) == len(numbers)
    assert headed == numbers


@pytest.mark.parametrize("page", PAGES, ids=_names(PAGES))
def test_no_merge_was_left_half_done(page: Path) -> None:
    marks = ("<<<<<<< ", ">>>>>>> ")

    assert [line for line in page.read_text("utf-8").splitlines() if line.startswith(marks)] == []
