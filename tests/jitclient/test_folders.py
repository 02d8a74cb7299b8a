"""A folder is handed over file by file: in order, whole, and with nothing from outside it."""

from __future__ import annotations

import os
import socket
from itertools import islice
from pathlib import Path

import pytest

from jitclient.folders import EMPTY, Found, Unfit, walk
from protocol.facts import is_portable

posix = pytest.mark.skipif(os.name == "nt", reason="no such files there")


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def inside(root: Path) -> list[str]:
    return [one.inside for one in walk(root) if isinstance(one, Found)]


def unfit(root: Path) -> dict[str, str]:
    return {one.path.name: one.reason for one in walk(root) if isinstance(one, Unfit)}


def test_files_come_in_the_order_of_their_names_with_paths_that_begin_with_the_folder(
    tmp_path: Path,
) -> None:
    root = tree(tmp_path / "Phone", "b.txt", "DCIM/2.jpg", "DCIM/1.jpg", "DCIM/a/3.jpg", "a.txt")

    assert inside(root) == [
        "Phone/DCIM/1.jpg", "Phone/DCIM/2.jpg", "Phone/DCIM/a/3.jpg", "Phone/a.txt", "Phone/b.txt",
    ]  # fmt: skip
    assert all(is_portable(path) for path in inside(root))
    assert inside(root) == inside(root)


def test_a_file_by_itself_has_no_path_in_a_folder(tmp_path: Path) -> None:
    (path,) = tree(tmp_path, "a.txt").iterdir()

    assert list(walk(path)) == [Found(path)]


def test_composed_and_decomposed_names_become_one_spelling(tmp_path: Path) -> None:
    root = tree(tmp_path / "Fälle", "a\u0308.txt")

    assert inside(root) == ["Fälle/ä.txt"]


@posix
def test_links_are_not_followed_and_what_is_no_file_is_named(tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", "secret.txt")
    root = tree(tmp_path / "root", "a.txt")
    (root / "link.txt").symlink_to(outside / "secret.txt")
    (root / "link").symlink_to(outside, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # the whole path is too long for a socket
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)

        found, why = inside(root), unfit(root)

    assert found == ["root/a.txt"]
    assert all("link" in why[name] for name in ("link.txt", "link", "loop"))
    assert "a pipe" in why["pipe"]
    assert "a socket" in why["socket"]


def test_an_empty_folder_is_said_plainly_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "root" / "empty").mkdir(parents=True)

    assert list(walk(tmp_path / "root")) == [Unfit(tmp_path / "root" / "empty", EMPTY)]
    assert list(walk(tmp_path / "root" / "empty")) == [Unfit(tmp_path / "root" / "empty", EMPTY)]


@posix
def test_a_name_that_cannot_travel_stops_no_other(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", "a.txt", "back\\slash.txt", "tricky\u202egpj.exe", "z.txt")

    assert inside(root) == ["root/a.txt", "root/z.txt"]
    assert len(unfit(root)) == 2


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", "a.txt", "locked/b.txt", "z.txt")
    (root / "locked").chmod(0)

    assert inside(root) == ["root/a.txt", "root/z.txt"]
    (root / "locked").chmod(0o700)


def test_a_tree_is_looked_through_as_it_is_asked_for(tmp_path: Path) -> None:
    """What lies in a later folder is not looked up before the earlier one was handed out."""
    root = tree(tmp_path / "root", "a/1.txt", "b/2.txt")
    found = walk(root)

    first = list(islice(found, 1))
    (root / "b" / "3.txt").write_bytes(b"later")

    assert [one.path.name for one in (*first, *found)] == ["1.txt", "2.txt", "3.txt"]
