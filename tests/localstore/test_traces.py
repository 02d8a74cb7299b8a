"""What desktops keep of saved files goes, for these files only, and the rest stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import traces
from protocol.errors import DiskError
from tests.support.desktop import Desktop

ODD = "Kontoauszüge & (A) 'b', 100%.img"


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    return Desktop.made(tmp_path / "account", monkeypatch)


@pytest.mark.parametrize("name", ["out.img", ODD])
def test_only_the_entries_of_these_files_leave_the_list(
    desktop: Desktop, tmp_path: Path, name: str
) -> None:
    gone, before, after = tmp_path / name, tmp_path / "before", tmp_path / "after"
    desktop.remember(before, after)
    without = desktop.recent.read_bytes()
    desktop.remember(before, gone, after)
    assert desktop.recent.read_bytes() != without

    assert traces.forget([gone]) == 0

    assert desktop.recent.read_bytes() == without
    assert desktop.thumbnail(before).exists()


def test_an_entry_without_anything_in_it_goes_alone(desktop: Desktop, tmp_path: Path) -> None:
    one, two = (tmp_path / name for name in ("one", "two"))
    desktop.recent.parent.mkdir(parents=True)
    entry = '<bookmark href="{}" visited="x"/>\n'
    text = "<xbel>\n" + entry.format(one.as_uri()) + entry.format(two.as_uri()) + "</xbel>\n"
    desktop.recent.write_text(text)

    traces.forget([one])

    assert desktop.recent.read_text() == "<xbel>\n" + entry.format(two.as_uri()) + "</xbel>\n"


def test_thumbnails_of_every_size_go_and_failed_ones(desktop: Desktop, tmp_path: Path) -> None:
    one = tmp_path / "one.png"
    sizes = ("normal", "large", "x-large", "xx-large", "fail/gnome-thumbnail-factory")
    for size in sizes:
        picture = desktop.thumbnail(one, size)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(b"\x89PNG")

    traces.forget([one])

    assert not any(desktop.thumbnail(one, size).exists() for size in sizes)


def test_a_list_that_cannot_be_changed_is_counted(
    desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tmp_path / "one"
    desktop.remember(one)

    def full(path: Path, data: bytes) -> None:
        raise DiskError("no room")

    monkeypatch.setattr("localstore.traces.files.save_file", full)

    assert traces.forget([one]) == 1
    assert traces.forget([tmp_path / "two"]) == 0


def test_where_there_is_no_desktop_there_is_nothing_to_do(desktop: Desktop, tmp_path: Path) -> None:
    assert traces.forget([tmp_path / "one"]) == 0
    assert traces.forget([]) == 0
    assert list(desktop.home.rglob("*")) == []
