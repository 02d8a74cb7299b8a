"""A list of exhibits: what spreadsheets write is read, every wrong row says why, no file is reached
that does not lie with the list.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jitclient import exhibitlist
from jitclient.views import ListRow
from protocol.errors import BadInputError, JitError, NoInputError
from tests.support.people import NOW

ROWS = [
    ["File name", "Exhibit number", "title", "Conditions of use", "acquired-at"],
    ["a.img", "A-1", 'The "first"; one', "one\ntwo", "2026-11-02"],
    ["sub/b.img", "", "Δεύτερο", "", ""],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    (made / "sub").mkdir(parents=True)
    for name in ("a.img", "sub/b.img", "c.img"):
        (made / name).write_bytes(b"x")
    (tmp_path / "secret.txt").write_bytes(b"x")
    return made


def read(folder: Path, text: str, spelling: str = "utf-8") -> tuple[ListRow, ...]:
    (folder / "list.csv").write_bytes(text.encode(spelling))
    return exhibitlist.read_list(folder / "list.csv", NOW)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("spelling", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(
    folder: Path, separator: str, spelling: str, end: str
) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in ROWS]

    rows = read(folder, end.join(separator.join(row) for row in quoted) + end, spelling)

    assert [(row.path, row.number, row.problem) for row in rows] == [
        (folder / "a.img", "A-1", ""),
        (folder / "sub/b.img", "", ""),
    ]
    assert rows[0].facts == {
        "title": 'The "first"; one',
        "acquired-at": "2026-11-02",
        "conditions": "one\ntwo",
    }
    assert rows[1].facts == {"title": "Δεύτερο"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",A-1,", "names no file"),
        ("gone.img,A-1,", "not there"),
        ("sub,A-1,", "not there"),
        ("../secret.txt,A-1,", "not lie in the folder"),
        ("/etc/passwd,A-1,", "not lie in the folder"),
        ("link.img,A-1,", "not lie in the folder"),
        ("c.img,A-1,Portugal", "Country must be"),
        (f"c.img,{'x' * 76},", "exhibit number has 76"),
        ("c.img,A-1,PT,more", "more cells"),
        ("a.img,A-1,", "stands in the list already"),
        ("./sub/../a.img,A-1,", "stands in the list already"),
    ],
)
def test_a_wrong_row_says_why_and_the_others_stand(folder: Path, row: str, said: str) -> None:
    (folder / "link.img").symlink_to(folder.parent / "secret.txt")

    good, wrong = read(folder, f"file,number,country\na.img,A-0,PT\n\n{row}\n")

    assert good.problem == ""
    assert said in wrong.problem
    assert wrong.line == 4


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("file\n", id="no rows"),
        pytest.param("number\nA-1\n", id="no files"),
        pytest.param("file,colour\na.img,red\n", id="unknown column"),
        pytest.param("file,number,exhibit\na.img,1,2\n", id="a column twice"),
        pytest.param('file\n"a.img" b\n', id="broken quotes"),
        pytest.param('file\n"a.img\n', id="a quote without end"),
        pytest.param("file\n" + "a.img\n" * (exhibitlist.MAX_LIST_ROWS + 1), id="too many"),
        pytest.param("file,title\na.img," + "x" * 200_000 + "\n", id="an endless cell"),
    ],
)
def test_what_is_no_such_list_is_refused_whole(folder: Path, text: str) -> None:
    with pytest.raises(BadInputError):
        read(folder, text)


def test_another_alphabet_table_and_too_much_are_told(folder: Path) -> None:
    with pytest.raises(BadInputError, match="UTF-8"):
        read(folder, "file,title\na.img,Größe\n", "cp1252")
    with pytest.raises(BadInputError, match="longer"):
        read(folder, "file\n" + "x" * exhibitlist.MAX_LIST_BYTES)
    with pytest.raises(NoInputError):
        exhibitlist.read_list(folder / "gone.csv", NOW)


def test_any_bytes_end_in_rows_or_in_a_refusal(folder: Path) -> None:
    noise = random.Random(7)
    for _ in range(300):
        data = b"file,title\n" + noise.randbytes(noise.randrange(60))
        (folder / "list.csv").write_bytes(data)
        try:
            rows = exhibitlist.read_list(folder / "list.csv", NOW)
        except JitError:
            continue
        assert all(row.problem for row in rows)
