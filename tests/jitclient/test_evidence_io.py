"""An exhibit on its way in, in any order, with anything done to it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto import partleaf
from jitclient import evidence_io, inorder, newfile
from protocol.errors import (
    BugError,
    DiskError,
    ForgedError,
    HashMismatchError,
    PartCorruptedError,
)
from protocol.limits import MIB, PART_PLAIN_BYTES
from tests.jitclient.evidence import Exhibit, in_threads


@pytest.fixture
def exhibit(tmp_path: Path) -> Exhibit:
    return Exhibit(tmp_path)


def store(exhibit: Exhibit, order: list[int]) -> evidence_io.EvidenceSink:
    parts, sink = exhibit.parts(), exhibit.sink()
    for index in order:
        sink.store(index, memoryview(parts[index]))
    sink.settle()
    return sink


@pytest.mark.parametrize("size", [0, 1, PART_PLAIN_BYTES])
def test_small_exhibits_arrive_whole(tmp_path: Path, size: int) -> None:
    exhibit = Exhibit(tmp_path, size)

    exhibit.receive()

    assert list(exhibit.sink().wanted()) == []
    assert exhibit.reader().read_range(0, size) == exhibit.content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(order=st.permutations(range(9)))
def test_parts_in_any_order_give_the_whole(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    exhibit = _nine_parts(tmp_path_factory)
    for name in exhibit.vault.iterdir():
        name.unlink()
    exhibit.kept.leaves.clear()

    sink = store(exhibit, order)
    sink.finish()

    assert list(sink.wanted()) == []


_NINE: list[Exhibit] = []


def _nine_parts(factory: pytest.TempPathFactory) -> Exhibit:
    if not _NINE:
        _NINE.append(Exhibit(factory.mktemp("nine"), 8 * PART_PLAIN_BYTES + 1))
    return _NINE[0]


def test_parts_in_order_are_opened_once(exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, sink = exhibit.parts(), exhibit.sink()
    reads: list[str] = []
    real = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path.name)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", counted)

    for index in (1, 0, 3, 2):
        sink.store(index, memoryview(parts[index]))
    sink.finish()

    assert reads == []


def test_several_threads_store_at_once(exhibit: Exhibit) -> None:
    parts, sink = exhibit.parts(), exhibit.sink()

    in_threads(4, lambda n: sink.store(n, memoryview(parts[n])))
    sink.finish()


@pytest.mark.parametrize("before", [[0], [0, 1], [1, 3], [3], [0, 1, 2, 3]])
def test_a_download_goes_on_where_it_was_killed(exhibit: Exhibit, before: list[int]) -> None:
    store(exhibit, before)

    sink = exhibit.sink()
    wanted = list(sink.wanted())
    for index in wanted:
        sink.store(index, memoryview(exhibit.parts()[index]))
    sink.finish()

    assert wanted == [i for i in range(4) if i not in before]


def test_what_is_kept_is_the_ciphertext_that_came(exhibit: Exhibit) -> None:
    exhibit.receive()

    assert [(exhibit.vault / str(i)).read_bytes() for i in range(4)] == exhibit.parts()
    assert sorted(p.name for p in exhibit.vault.iterdir()) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("harm", ["bit", "cut", "longer", "empty", "another part"])
@pytest.mark.parametrize("index", [0, 2, 3])
def test_a_part_that_is_not_the_promised_one_is_named_and_not_kept(
    exhibit: Exhibit, index: int, harm: str
) -> None:
    parts, sink = exhibit.parts(), exhibit.sink()
    forged = {
        "bit": bytes([parts[index][0] ^ 1]) + parts[index][1:],
        "cut": parts[index][:-1],
        "longer": parts[index] + b"\0",
        "empty": b"",
        "another part": parts[1],
    }[harm]

    with pytest.raises(PartCorruptedError, match=f"Part {index + 1} of 4"):
        sink.store(index, memoryview(forged))

    assert not (exhibit.vault / str(index)).exists()
    assert index in list(sink.wanted())


def test_a_part_that_comes_twice_counts_once(exhibit: Exhibit) -> None:
    store(exhibit, [0, 0, 2, 2, 1, 1, 3, 3]).finish()


def test_a_missing_part_cannot_be_overlooked(exhibit: Exhibit) -> None:
    with pytest.raises(BugError):
        store(exhibit, [0, 1, 3]).finish()


@pytest.mark.parametrize("field", ["root", "sha256"])
def test_a_whole_that_is_not_the_manifests_is_not_released(exhibit: Exhibit, field: str) -> None:
    sink = exhibit.sink(exhibit.manifest(**{field: bytes(32)}))
    for index, part in enumerate(exhibit.parts()):
        sink.store(index, memoryview(part))

    with pytest.raises(HashMismatchError):
        sink.finish()


@pytest.mark.parametrize("field", ["size", "padded", "parts"])
def test_a_manifest_whose_lengths_contradict_each_other_is_refused(
    exhibit: Exhibit, field: str
) -> None:
    manifest = exhibit.manifest()
    changed = exhibit.manifest(**{field: getattr(manifest, field) + 1})

    with pytest.raises(ForgedError):
        exhibit.sink(changed)
    with pytest.raises(ForgedError):
        exhibit.reader(changed)


def test_a_part_damaged_on_disk_is_dropped_and_fetched_again(exhibit: Exhibit) -> None:
    store(exhibit, [0, 1])
    path = exhibit.vault / "1"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    sink = exhibit.sink()

    with pytest.raises(DiskError, match="Part 2"):
        sink.store(2, memoryview(exhibit.parts()[2]))
    again = exhibit.sink()
    for index in list(again.wanted()):
        again.store(index, memoryview(exhibit.parts()[index]))

    again.finish()


@pytest.mark.parametrize("how", ["cut short", "missing"])
def test_a_part_not_safely_kept_is_wanted_again(exhibit: Exhibit, how: str) -> None:
    store(exhibit, [0, 1])
    path = exhibit.vault / "1"
    if how == "cut short":
        path.write_bytes(path.read_bytes()[:100])
    else:
        path.unlink()

    assert list(exhibit.sink().wanted()) == [1, 2, 3]


def test_what_a_killed_process_was_writing_is_removed(exhibit: Exhibit) -> None:
    part = newfile.NewPart(exhibit.vault / "1")
    part.write(memoryview(b"half of it"))

    exhibit.receive()

    assert sorted(p.name for p in exhibit.vault.iterdir()) == ["0", "1", "2", "3"]


def test_what_was_here_whole_when_a_process_was_killed_is_not_fetched_again(
    exhibit: Exhibit,
) -> None:
    """Killed after the part came and before it was on record: it is opened, and kept."""
    store(exhibit, [0]).settle()
    parts, vault = exhibit.parts(), exhibit.vault
    (vault / "1").write_bytes(parts[1])
    (vault / ".new-2.abc.part").write_bytes(parts[2])
    (vault / ".new-3.abc.part").write_bytes(parts[3][:-1])

    sink = exhibit.sink()
    assert list(sink.wanted()) == [3]

    assert exhibit.kept.leaves[2] == partleaf.leaf(parts[2])
    sink.store(3, memoryview(parts[3]))
    sink.finish()
    assert sorted(p.name for p in vault.iterdir()) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("name", ["1", ".new-1.abc.part", ".new-x.abc.part", ".new-99.abc.part"])
def test_what_lies_there_and_is_not_the_part_is_fetched(exhibit: Exhibit, name: str) -> None:
    store(exhibit, [0]).settle()
    part = bytearray(exhibit.parts()[1])
    part[1000] ^= 1
    (exhibit.vault / name).write_bytes(part)

    sink = exhibit.sink()
    assert list(sink.wanted()) == [1, 2, 3]

    assert [p.name for p in exhibit.vault.iterdir() if p.name.startswith(".")] == []
    for index in (1, 2, 3):
        sink.store(index, memoryview(exhibit.parts()[index]))
    sink.finish()


def test_a_disk_that_refuses_loses_nothing_kept(exhibit: Exhibit) -> None:
    sink = store(exhibit, [0])
    (exhibit.vault / "1").mkdir()  # the name is taken by something that cannot be replaced

    sink.store(1, memoryview(exhibit.parts()[1]))
    sink.settle()
    with pytest.raises(DiskError):
        sink.store(2, memoryview(exhibit.parts()[2]))

    assert (exhibit.vault / "0").exists()
    assert [p.name for p in exhibit.vault.iterdir() if p.name.startswith(".")] == []
    assert 1 not in exhibit.kept.leaves


def test_i26_memory_stays_at_a_few_parts_whatever_the_size(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    exhibit = _nine_parts(tmp_path_factory)
    parts = exhibit.parts()
    for name in exhibit.vault.iterdir():
        name.unlink()
    manifest = exhibit.manifest()
    exhibit.kept.leaves.clear()
    tracemalloc.start()
    try:
        sink = exhibit.sink(manifest)
        for index in (8, 7, 6, 5, 4, 3, 2, 1, 0):  # the worst order
            sink.store(index, memoryview(parts[index]))
        sink.finish()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < (inorder.HELD_PARTS + 4) * 4 * MIB
