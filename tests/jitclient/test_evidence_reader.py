"""Reading, checking and exporting what is kept."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient import newfile, outsidemark
from jitclient.evidence_io import EvidenceReader
from protocol.errors import CannotCreateError, DiskError, HashMismatchError, PartCorruptedError
from protocol.limits import PART_PLAIN_BYTES
from tests.jitclient.evidence import SIZE, Exhibit


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    made = Exhibit(tmp_path_factory.mktemp("exhibit"))
    made.receive()
    return made


@pytest.fixture(scope="module")
def reader(exhibit: Exhibit) -> EvidenceReader:
    return exhibit.reader()


@pytest.fixture
def damaged(tmp_path: Path) -> Exhibit:
    made = Exhibit(tmp_path)
    made.receive()
    path = made.vault / "2"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    return made


@given(st.integers(-10, SIZE + 10), st.integers(0, 200_000))
def test_a_random_range_equals_the_slice(exhibit: Exhibit, start: int, length: int) -> None:
    assert (
        exhibit.reader().read_range(start, start + length)
        == (exhibit.content[slice(*slice(start, start + length).indices(SIZE))])
    )


def test_a_whole_exhibit_verifies_and_exports(exhibit: Exhibit, tmp_path: Path) -> None:
    out = tmp_path / "out.bin"

    exhibit.reader().verify()
    exhibit.reader().export(out)

    assert out.read_bytes() == exhibit.content
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "getxattr"), reason="the mark is read as Linux keeps it")
@pytest.mark.parametrize("nameless", [True, False])
def test_an_export_is_marked_as_from_outside_before_it_appears(
    exhibit: Exhibit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE")
    path = tmp_path / "exported"
    seen: list[bool] = []
    mark = outsidemark.mark

    def look(*given: Any) -> bool:
        seen.append(path.exists())
        return mark(*given)

    monkeypatch.setattr(outsidemark, "mark", look)

    assert exhibit.reader().export(path)

    assert seen == [False]
    assert os.getxattr(path, outsidemark.ATTRIBUTE) == b"jitclient:exhibit"


def test_a_disk_without_room_for_marks_loses_no_exhibit(
    exhibit: Exhibit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    path = tmp_path / "exported"

    assert not exhibit.reader().export(path)

    assert path.stat().st_size == SIZE


def test_damage_is_named_by_part(damaged: Exhibit) -> None:
    with pytest.raises(PartCorruptedError, match="Part 3 of 4"):
        damaged.reader().verify()
    with pytest.raises(PartCorruptedError, match="Part 3 of 4"):
        damaged.reader().read_range(0, SIZE)
    assert damaged.reader().read_range(0, PART_PLAIN_BYTES) == damaged.content[:PART_PLAIN_BYTES]


def test_a_missing_part_is_named(damaged: Exhibit) -> None:
    (damaged.vault / "1").unlink()

    with pytest.raises(PartCorruptedError, match="Part 2 of 4"):
        damaged.reader().verify()
    with pytest.raises(PartCorruptedError, match="Part 2 of 4"):
        damaged.reader().read_range(PART_PLAIN_BYTES, PART_PLAIN_BYTES + 1)


@pytest.mark.parametrize("field", ["root", "sha256"])
def test_another_whole_than_the_manifests_does_not_verify(exhibit: Exhibit, field: str) -> None:
    with pytest.raises(HashMismatchError):
        exhibit.reader(exhibit.manifest(**{field: bytes(32)})).verify()


@pytest.mark.parametrize("nameless", [True, False])
def test_a_failed_export_leaves_nothing_behind(
    damaged: Exhibit, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    _choose(monkeypatch, nameless=nameless)
    out = damaged.folder / "out"
    out.mkdir()

    with pytest.raises(PartCorruptedError):
        damaged.reader().export(out / "copy.bin")

    assert list(out.iterdir()) == []


def test_an_export_with_another_hash_leaves_nothing_behind(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    with pytest.raises(HashMismatchError):
        exhibit.reader(exhibit.manifest(sha256=bytes(32))).export(tmp_path / "copy.bin")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["file", "folder", "dangling link"])
def test_an_export_overwrites_nothing(exhibit: Exhibit, tmp_path: Path, there: str) -> None:
    out = tmp_path / "copy.bin"
    if there == "file":
        out.write_text("mine")
    elif there == "folder":
        out.mkdir()
    else:
        out.symlink_to(tmp_path / "nowhere")

    with pytest.raises(CannotCreateError):
        exhibit.reader().export(out)

    assert list(tmp_path.iterdir()) == [out]
    assert there != "file" or out.read_text() == "mine"


def test_nothing_is_opened_for_an_export_that_cannot_be_made(tmp_path: Path) -> None:
    out = tmp_path / "copy.bin"
    out.write_text("mine")
    asked: list[object] = []

    with pytest.raises(CannotCreateError):
        newfile.create(out, asked.append)

    assert asked == []


@pytest.mark.parametrize("nameless", [True, False])
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    _choose(monkeypatch, nameless=nameless)
    out = tmp_path / "copy.bin"

    def write(file: BinaryIO) -> None:
        out.write_text("theirs")
        file.write(b"mine")

    with pytest.raises(CannotCreateError):
        newfile.create(out, write)

    assert out.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("links", [True, False])
def test_without_nameless_files_an_export_appears_whole(
    exhibit: Exhibit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    _choose(monkeypatch, nameless=False)
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    out = tmp_path / "copy.bin"

    exhibit.reader().export(out)

    assert out.read_bytes() == exhibit.content
    assert list(tmp_path.iterdir()) == [out]


def test_an_export_into_nowhere_is_refused(exhibit: Exhibit, tmp_path: Path) -> None:
    with pytest.raises(CannotCreateError):
        exhibit.reader().export(tmp_path / "missing" / "copy.bin")


def test_a_full_disk_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskError, match="space"):
        newfile.create(tmp_path / "copy.bin", full)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="needs nameless files")
def test_a_killed_export_leaves_no_plaintext(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys\n"
        "from jitclient import newfile\n"
        "def write(file):\n"
        "    file.write(b'plaintext')\n"
        "    print('half', flush=True)\n"
        "    sys.stdin.read()\n"
        f"newfile.create(pathlib.Path({str(tmp_path / 'copy.bin')!r}), write)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
        process.wait(120)

    assert list(tmp_path.iterdir()) == []


def _choose(monkeypatch: pytest.MonkeyPatch, *, nameless: bool) -> None:
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


def _no_links(*_: object, **__: object) -> None:
    raise OSError(1, "Operation not permitted")
