"""What is kept while nothing can be opened: no more and no longer than the manifest says."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.sealedsink import SealedSink
from protocol.errors import DiskError, HashMismatchError, PartCorruptedError
from tests.jitclient.evidence import Exhibit


@pytest.fixture
def exhibit(tmp_path: Path) -> Exhibit:
    return Exhibit(tmp_path)


def sealed(exhibit: Exhibit, root: bytes = b"") -> SealedSink:
    root = root or exhibit.manifest().root
    return SealedSink(exhibit.vault, exhibit.shape, root, exhibit.kept)


def test_what_came_unopened_is_opened_and_whole_afterwards(exhibit: Exhibit) -> None:
    sink = sealed(exhibit)
    for index in sink.wanted():
        sink.store(index, memoryview(exhibit.parts()[index]))
    sink.finish()
    assert list(sealed(exhibit).wanted()) == []

    whole = exhibit.sink()
    assert list(whole.wanted()) == []
    whole.finish()

    assert exhibit.reader().read_range(0, exhibit.size) == exhibit.content


@pytest.mark.parametrize("more", [-1, 1])
def test_a_part_of_another_length_is_not_kept(exhibit: Exhibit, more: int) -> None:
    part = exhibit.parts()[0]
    wrong = part + b"x" if more > 0 else part[:more]

    with pytest.raises(PartCorruptedError):
        sealed(exhibit).store(0, memoryview(wrong))

    assert list(exhibit.vault.iterdir()) == []


def test_other_bytes_in_place_of_what_is_on_record_are_not_kept(exhibit: Exhibit) -> None:
    sink = sealed(exhibit)
    sink.store(0, memoryview(exhibit.parts()[0]))
    sink.settle()
    (exhibit.vault / "0").unlink()
    assert 0 in sink.wanted()

    with pytest.raises(PartCorruptedError):
        sink.store(0, memoryview(bytes(exhibit.shape.sealed_len(0))))


def test_parts_that_are_not_those_of_the_manifest_are_told(exhibit: Exhibit) -> None:
    sink = sealed(exhibit, root=bytes(32))
    for index, part in enumerate(exhibit.parts()):
        sink.store(index, memoryview(part))

    with pytest.raises(HashMismatchError):
        sink.finish()


def test_a_part_that_came_wrong_and_one_that_went_wrong_here_are_told_apart(
    exhibit: Exhibit,
) -> None:
    for came_so in (True, False):
        parts = exhibit.parts()
        wrong = bytearray(parts[1])
        wrong[100] ^= 1
        sink = sealed(exhibit)
        for index in sink.wanted():
            came = wrong if index == 1 and came_so else parts[index]
            sink.store(index, memoryview(came))
        sink.settle()
        (exhibit.vault / "1").write_bytes(wrong)

        with pytest.raises(PartCorruptedError if came_so else DiskError):
            exhibit.sink().finish()

        assert list(exhibit.sink().wanted()) == [1]
