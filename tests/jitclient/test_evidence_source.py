"""A file on its way out."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto import partleaf
from jitclient.evidence_io import EvidenceSource, SourceStat, source_stat
from protocol.errors import BugError, NoInputError, SourceChangedError
from protocol.limits import PART_PLAIN_BYTES
from tests.jitclient.evidence import SIZE, Exhibit, Journal, drained, in_threads


@pytest.fixture
def exhibit(tmp_path: Path) -> Exhibit:
    return Exhibit(tmp_path)


@pytest.mark.parametrize("size", [0, 1, PART_PLAIN_BYTES, SIZE])
def test_one_reading_gives_hash_root_and_every_part(tmp_path: Path, size: int) -> None:
    exhibit = Exhibit(tmp_path, size)

    with exhibit.source() as source:
        parts = drained(source)
        root, digest = source.root(), source.sha256()

    manifest = exhibit.manifest()
    assert [part.index for part in parts] == list(range(exhibit.shape.parts))
    assert (root, digest) == (manifest.root, manifest.sha256)
    assert all(part.leaf == partleaf.leaf(part.data) for part in parts)


def test_several_threads_share_one_reading(exhibit: Exhibit) -> None:
    found: dict[int, bytes] = {}
    with exhibit.source() as source:

        def lane(_: int) -> None:
            while (part := source.next()) is not None:
                found[part.index] = bytes(part.data)

        in_threads(4, lane)

        assert [found[i] for i in sorted(found)] == exhibit.parts()
        assert source.sha256() == hashlib.sha256(exhibit.content).digest()
        assert source.root() == exhibit.manifest().root


def test_a_leaf_is_on_record_before_its_part_is_given_out(exhibit: Exhibit) -> None:
    class Full(Journal):
        def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int] = ()) -> None:
            raise OSError(28, "No space left on device")

    exhibit.journal = Full()
    with exhibit.source() as source, pytest.raises(OSError, match="space"):
        source.next()


def test_a_part_given_again_is_the_same_bytes(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        parts = drained(source)
        source.begin({0, 1, 3})
        again = source.next()

        assert again is not None
        assert (again.index, again.data) == (2, parts[2].data)
        assert source.next() is None
        assert source.root() == exhibit.manifest().root


def test_reading_again_in_the_middle_does_not_disturb_the_order(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        first = source.next()
        assert first is not None
        source.begin(())
        drained(source)

        assert source.sha256() == hashlib.sha256(exhibit.content).digest()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(st.lists(st.integers(0, 4), max_size=4), st.data())
def test_i23_any_interleaving_of_kills_and_resumes_gives_the_same_root(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], data: st.DataObject
) -> None:
    exhibit = Exhibit(tmp_path_factory.mktemp("exhibit"), 2 * PART_PLAIN_BYTES + 5)
    given_out: dict[int, bytes] = {}
    for parts_before_kill in kills:
        with exhibit.source() as source:
            for _ in range(parts_before_kill):
                part = source.next()
                if part is None:
                    break
                assert given_out.setdefault(part.index, bytes(part.data)) == part.data
                if data.draw(st.booleans()):
                    source.sent(part.index)

    with exhibit.source() as source:
        final = drained(source)
        assert source.root() == exhibit.manifest().root

    assert all(given_out[p.index] == p.data for p in final if p.index in given_out)


def _stored(exhibit: Exhibit, parts: set[int]) -> None:
    """An earlier run has given these out and the store has them."""
    with exhibit.source() as source:
        source.begin(set(range(exhibit.shape.parts)) - parts)
        assert {part.index for part in drained(source)} == parts


@pytest.mark.parametrize("stored", [{0}, {0, 1}, {0, 1, 2, 3}, {1, 2}, {0, 2}, {3}])
def test_after_a_restart_what_is_missing_comes_first_and_the_rest_is_only_hashed(
    tmp_path: Path, stored: set[int]
) -> None:
    exhibit = Exhibit(tmp_path)
    _stored(exhibit, stored)
    with exhibit.source() as source:
        source.begin(stored)
        first = source.next()
        missing = sorted(set(range(exhibit.shape.parts)) - stored)
        assert (None if first is None else first.index) == (missing[0] if missing else None)
        given = [] if first is None else [first, *drained(source)]
        while source.catch_up():
            pass
        manifest = exhibit.manifest()

        assert [part.index for part in given] == missing
        assert (source.root(), source.sha256()) == (manifest.root, manifest.sha256)
        assert exhibit.journal.confirmed >= stored


def test_a_long_way_behind_the_hash_the_first_missing_part_does_not_wait(tmp_path: Path) -> None:
    exhibit = Exhibit(tmp_path, 6 * PART_PLAIN_BYTES + 9)
    stored = {0, 1, 2, 3, 4}
    _stored(exhibit, stored)
    reads: list[int] = []

    class Watched(EvidenceSource):
        def _read(self, index: int) -> memoryview:
            reads.append(index)
            return super()._read(index)

    stat = source_stat(exhibit.path)
    with Watched(exhibit.path, exhibit.sealer(), exhibit.journal, stat) as source:
        source.begin(stored)
        assert source.next() is not None

        assert reads == [5]
        while source.catch_up():
            pass
        assert source.next() is not None
        assert reads == [5, 0, 1, 2, 3, 4, 5, 6]
        assert source.sha256() == hashlib.sha256(exhibit.content).digest()


@pytest.mark.parametrize("where", [0, PART_PLAIN_BYTES + 1])
def test_a_part_the_store_has_is_read_again_and_a_change_in_it_is_noticed(
    exhibit: Exhibit, where: int
) -> None:
    _stored(exhibit, {0, 1})
    then = exhibit.path.stat()
    changed = bytearray(exhibit.content)
    changed[where] ^= 1
    exhibit.path.write_bytes(changed)
    os.utime(exhibit.path, ns=(then.st_atime_ns, then.st_mtime_ns))  # hides it from stat

    with exhibit.source() as source:
        source.begin({0, 1})
        with pytest.raises(SourceChangedError):
            drained(source)


def test_lanes_and_the_one_that_catches_up_make_one_hash(tmp_path: Path) -> None:
    exhibit = Exhibit(tmp_path, 11 * PART_PLAIN_BYTES + 9)
    stored = {0, 1, 2, 3, 4, 6, 9}
    _stored(exhibit, stored)
    given: list[int] = []
    with exhibit.source() as source:
        source.begin(stored)

        def lane(number: int) -> None:
            while number and (part := source.next()) is not None:
                given.append(part.index)
            while source.catch_up():
                pass

        in_threads(3, lane)
        while source.catch_up():
            pass
        manifest = exhibit.manifest()

        assert sorted(given) == sorted(set(range(12)) - stored)
        assert (source.root(), source.sha256()) == (manifest.root, manifest.sha256)


@pytest.mark.parametrize("where", [0, PART_PLAIN_BYTES + 1, SIZE - 1])
def test_a_source_changed_between_two_runs_gives_out_nothing_changed(
    exhibit: Exhibit, where: int
) -> None:
    before = exhibit.parts()
    then = exhibit.path.stat()
    changed = bytearray(exhibit.content)
    changed[where] ^= 1
    exhibit.path.write_bytes(changed)
    os.utime(exhibit.path, ns=(then.st_atime_ns, then.st_mtime_ns))  # hides it from stat

    with exhibit.source() as source:
        for part in before[: where // PART_PLAIN_BYTES]:
            same = source.next()
            assert same is not None
            assert same.data == part
        with pytest.raises(SourceChangedError):
            source.next()


def test_a_part_changed_before_it_is_given_again_is_not_given(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        source.next()
        exhibit.path.write_bytes(b"\0" * SIZE)
        source.begin(())

        with pytest.raises(SourceChangedError):
            source.next()


@pytest.mark.parametrize("change", ["grown", "shrunk", "touched", "replaced", "removed"])
def test_a_source_changed_while_it_is_read_is_noticed(exhibit: Exhibit, change: str) -> None:
    with exhibit.source() as source:
        source.next()
        _change(exhibit.path, change)

        with pytest.raises((SourceChangedError, NoInputError)):
            drained(source)


def test_a_source_that_ends_early_gives_out_no_part_beyond_its_end(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        source.next()
        _change(exhibit.path, "shrunk")

        with pytest.raises(SourceChangedError):
            source.next()


def test_a_source_in_another_state_than_remembered_is_refused(exhibit: Exhibit) -> None:
    remembered = source_stat(exhibit.path)
    _change(exhibit.path, "touched")

    with pytest.raises(SourceChangedError):
        EvidenceSource(exhibit.path, exhibit.sealer(), exhibit.journal, remembered)


def test_i24_a_new_key_seals_a_changed_source_to_other_bytes(exhibit: Exhibit) -> None:
    before = exhibit.parts()
    exhibit.key, exhibit.salt, exhibit.journal = bytes(32), b"\1" * 24, Journal()

    after = exhibit.parts()

    assert all(old[:4096] != new[:4096] for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_only_readable_regular_files_become_exhibits(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)

    with pytest.raises(NoInputError):
        source_stat(path)


def test_what_is_remembered_of_a_file_survives_as_text(exhibit: Exhibit) -> None:
    remembered = source_stat(exhibit.path)

    assert SourceStat.parse(str(remembered)) == remembered


def test_hash_and_root_are_not_given_before_the_end(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        source.next()

        with pytest.raises(BugError):
            source.sha256()
        with pytest.raises(BugError):
            source.root()


def test_confirmed_parts_are_noted_with_the_next_leaf(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        source.next()
        source.sent(0)
        source.next()
        noted = set(exhibit.journal.confirmed)
        source.sent(1)

    assert (noted, exhibit.journal.confirmed) == ({0}, {0})


def test_what_was_confirmed_last_is_noted_when_the_store_says_it_again(exhibit: Exhibit) -> None:
    with exhibit.source() as source:
        source.next()
        source.sent(0)

    with exhibit.source() as again:
        again.begin({0})

    assert exhibit.journal.confirmed == {0}


def _change(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "grown":
        with path.open("ab") as file:
            file.write(b"more")
    elif how == "shrunk":
        os.truncate(path, PART_PLAIN_BYTES + 1)
    elif how == "touched":
        os.utime(path, ns=(1, 1))
    elif how == "replaced":
        other = path.with_name("other")
        other.write_bytes(random.Random(1).randbytes(len(content)))
        other.replace(path)
    else:
        path.unlink()
