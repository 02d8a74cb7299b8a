"""F20: names from another system are written here, reversibly, and nowhere else."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.cli.getting import prepared
from jitclient.foundation.safenames import Places, original, safe_name
from protocol.errors import CannotCreateError, MalformedError


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a:b.txt", "a%3Ab.txt"),
        ("CON", "%43ON"),
        ("con.txt", "%63on.txt"),
        ("COM1 .log", "%43OM1 .log"),
        ("console.log", "console.log"),
        ("ends with a point.", "ends with a point%2E"),
        ("what?.pdf", "what%3F.pdf"),
        ("100%25.txt", "100%2525.txt"),
        ("100%.txt", "100%.txt"),
        ("φάκελος.docx", "φάκελος.docx"),
        (".hidden", ".hidden"),
    ],
)
def test_what_some_system_cannot_have_is_written_so_that_it_can_be_read_back(
    name: str, written: str
) -> None:
    assert safe_name(name) == written
    assert original(written) == name


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1))
def test_every_name_can_be_read_back_and_is_one_name_everywhere(name: str) -> None:
    written = safe_name(name)

    assert original(written) == name
    windows = PureWindowsPath(written)
    assert not windows.drive
    assert not windows.is_absolute()
    if name not in {".", ".."}:
        assert len(windows.parts) == len(PurePosixPath(written).parts) == 1
    assert not written.endswith((".", " "))


def test_names_that_differ_in_case_or_composition_only_do_not_meet() -> None:
    places = Places()

    taken = [
        places.take(path)
        for path in ("A/x.txt", "a/X.txt", "a/x.txt", "A/ä.txt", "A/a\u0308.txt", "b", "B")
    ]

    assert [place[-1] for place in taken] == [
        "x.txt", "X (2).txt", "x (3).txt", "ä.txt", "a\u0308 (2).txt", "b", "B (2)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "a//x", "a/.", "a/b/", "a\\..\\/x"]
)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        Places().take(path)


@pytest.mark.parametrize("path", ["C:/Windows/x", "c:x/y", "NUL/x"])
def test_drives_and_devices_become_plain_names(path: str) -> None:
    place = Places().take(path)

    assert not PureWindowsPath(*place).drive
    assert PureWindowsPath("D:/out", *place).is_relative_to("D:/out")


def test_a_link_in_the_folder_leads_nothing_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "DCIM").symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    with pytest.raises(CannotCreateError, match="leads out"):
        prepared(tmp_path / "out", ("DCIM", "1.jpg"))

    assert prepared(tmp_path / "out", ("Phone", "1.jpg")).parent.is_dir()
