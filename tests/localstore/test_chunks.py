"""The journal of a transfer stays cheap at 250,000 parts and never lets a part change its bytes."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localstore import chunks
from localstore.connection import Connection, check, open_database, transaction
from localstore.profile import Profile
from protocol.errors import BugError, SourceChangedError
from tests.localstore.samples import KEY, SPACE, number_id

FILE, OTHER = number_id(1), number_id(2)
MANY = 250_000
_FILL = """
    WITH RECURSIVE part_number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part_number
        WHERE n + 1 < :many)
    INSERT INTO part (file, number, leaf, sent, have)
    SELECT :file, n, CAST(printf('%032d', n) AS BLOB), n % 2, n % 2 FROM part_number"""


def leaf(index: int) -> bytes:
    return b"%032d" % index


def test_a_part_that_would_be_sealed_with_other_bytes_is_refused(sp: Connection) -> None:
    chunks.record_leaf(sp, FILE, 0, leaf(0))
    chunks.record_leaf(sp, FILE, 0, leaf(0))

    with pytest.raises(SourceChangedError):
        chunks.record_leaf(sp, FILE, 0, leaf(1))

    assert chunks.leaf(sp, FILE, 0) == leaf(0)
    assert chunks.leaf(sp, FILE, 1) is None


def test_parts_sent_are_known_after_a_restart(sp: Connection) -> None:
    for index in (4, 1, 3):
        chunks.record_leaf(sp, FILE, index, leaf(index))
    chunks.record_leaf(sp, OTHER, 9, leaf(9))
    chunks.mark_sent(sp, FILE, 4)
    chunks.mark_sent(sp, FILE, 1)
    chunks.mark_sent(sp, FILE, 1)
    chunks.mark_sent(sp, OTHER, 9)

    assert chunks.sent(sp, FILE) == {1, 4}
    assert chunks.counts(sp, FILE) == (2, 0)
    assert list(chunks.leaves(sp, FILE)) == [leaf(1), leaf(3), leaf(4)]


def test_a_confirmation_goes_on_record_with_a_later_leaf_or_not_at_all(sp: Connection) -> None:
    chunks.record_leaf(sp, FILE, 0, leaf(0))

    chunks.record_leaf(sp, FILE, 1, leaf(1), [0])
    with pytest.raises(BugError):
        chunks.record_leaf(sp, FILE, 2, leaf(2), [7])

    assert chunks.sent(sp, FILE) == {0}


def test_a_part_is_not_sent_before_it_is_noted(sp: Connection) -> None:
    with pytest.raises(BugError):
        chunks.mark_sent(sp, FILE, 0)


def test_a_part_that_turned_out_damaged_is_fetched_again(sp: Connection) -> None:
    chunks.mark_have(sp, FILE, 0, leaf(7))
    chunks.mark_have(sp, FILE, 1, leaf(1))
    chunks.mark_lost(sp, FILE, 0)
    assert (chunks.have(sp, FILE), chunks.counts(sp, FILE)) == ({1}, (0, 1))

    chunks.mark_have(sp, FILE, 0, leaf(0))

    assert (chunks.have(sp, FILE), chunks.counts(sp, FILE)) == ({0, 1}, (0, 2))
    assert chunks.leaf(sp, FILE, 0) == leaf(0)


def test_a_cancelled_file_leaves_no_journal_and_no_parts(sp: Connection, profile: Profile) -> None:
    chunks.mark_have(sp, FILE, 0, leaf(0))
    chunks.mark_have(sp, OTHER, 0, leaf(0))
    for file in (FILE, OTHER):
        chunks.make_parts_folder(profile, SPACE, file)
        chunks.save_part(chunks.part_path(profile, SPACE, file, 0), b"sealed")

    with transaction(sp):
        chunks.clear(sp, FILE)
    chunks.drop_parts(profile, SPACE, FILE)
    chunks.drop_parts(profile, SPACE, FILE)

    assert (list(chunks.leaves(sp, FILE)), chunks.counts(sp, FILE)) == ([], (0, 0))
    assert chunks.load_part(chunks.part_path(profile, SPACE, FILE, 0)) is None
    assert chunks.have(sp, OTHER) == {0}
    assert chunks.load_part(chunks.part_path(profile, SPACE, OTHER, 0)) == b"sealed"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 1 TiB in the middle of its journey: every second part sent and here."""
    path = tmp_path_factory.mktemp("large") / "space.db"
    sp = open_database(path, KEY, migrations="space")
    with transaction(sp):
        sp.execute(_FILL, {"file": FILE, "many": MANY})
    sp.close()
    return path


@pytest.fixture
def large(journal: Path, tmp_path: Path) -> Iterator[Connection]:
    sp = open_database(Path(shutil.copy(journal, tmp_path)), KEY, migrations="space")
    yield sp
    sp.close()


def rows_walked(sp: Connection, act: Callable[[], object]) -> int:
    """How many units of work (virtual machine steps / 100) SQLite spends in `act`."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    sp.set_progress_handler(count, 100)
    act()
    sp.set_progress_handler(None, 0)
    return steps


def test_one_part_costs_one_statement_and_a_few_steps_among_250_000(large: Connection) -> None:
    middle = MANY // 2
    acts: list[Callable[[], object]] = [
        lambda: chunks.record_leaf(large, FILE, middle, leaf(middle)),
        lambda: chunks.record_leaf(large, FILE, MANY, leaf(MANY)),
        lambda: chunks.leaf(large, FILE, middle),
        lambda: chunks.mark_sent(large, FILE, middle),
        lambda: chunks.mark_have(large, FILE, middle, leaf(middle)),
        lambda: chunks.mark_lost(large, FILE, middle),
        lambda: chunks.counts(large, FILE),
    ]
    for act in acts:
        said: list[str] = []
        large.set_trace_callback(said.append)
        steps = rows_walked(large, act)
        large.set_trace_callback(None)

        # What a trigger does is told as a remark; the statement itself may be told again after it.
        assert len({sql for sql in said if not sql.startswith("--")}) == 1, said
        assert steps <= 2, f"{said}: {steps}00 steps or more"


def test_the_counts_are_right_at_250_000_parts(large: Connection) -> None:
    assert chunks.counts(large, FILE) == (MANY // 2, MANY // 2)
    assert len(chunks.sent(large, FILE)) == MANY // 2
    assert len(chunks.have(large, FILE)) == MANY // 2
    check(large)


def test_the_hashes_of_250_000_parts_stream_in_constant_memory(large: Connection) -> None:
    stream = chunks.leaves(large, FILE)
    next(stream)
    tracemalloc.start()
    total = 1 + sum(1 for _ in stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert total == MANY
    assert peak < 4_000_000, "more than a page of rows was held at once"


def test_the_journal_may_be_written_while_its_hashes_are_read(large: Connection) -> None:
    stream = chunks.leaves(large, FILE)
    first = next(stream)

    with transaction(large):
        chunks.mark_sent(large, FILE, 0)

    assert [first, next(stream)] == [leaf(0), leaf(1)]
