"""The queue as a person reads it, and limits that another process changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jitclient import interventions, queueing, registering
from jitclient.cli.output import span
from jitclient.cli.transfers import parsed
from jitclient.evidence_io import source_stat
from jitclient.limiting import Watched
from jitclient.queries.queue import queue, timed
from jitclient.session import Session
from jitclient.views import Going, Held, QueueRow
from localstore import limits, outbox
from localstore.connection import transaction
from localstore.limits import Limits
from protocol.errors import DiskError, UsageError
from protocol.ids import FileId, SpaceId
from sync.throttle import MIN_BYTES_PER_SECOND
from tests.jitclient.office import Office


def row(name: str, **changes: object) -> QueueRow:
    one = QueueRow(
        space=SpaceId(bytes(16)), space_title="Case", file=FileId(bytes(16)), name=name,
        exhibit="", up=True, going=Going.WAITING, done=0, total=1000, rate=0.0, eta=None,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def etas(*rows: QueueRow, held: Limits | None = None) -> list[float | None]:
    return [one.eta for one in timed(rows, held or Limits())]


def test_what_stands_before_it_in_its_direction_is_reckoned_in() -> None:
    moving = row("a", going=Going.MOVING, done=500, rate=100.0)
    other = row("b", going=Going.MOVING, up=False, rate=10.0)

    assert etas(moving, other, row("c"), row("d", up=False)) == [5.0, 100.0, 15.0, 200.0]


def test_without_a_rate_the_limit_tells_and_without_both_nothing_is_promised() -> None:
    assert etas(row("a"), row("b", up=False), held=Limits(up=100)) == [10.0, None]
    assert etas(row("a")) == [None]


def test_what_is_paused_is_promised_nothing_and_holds_up_nobody() -> None:
    going = row("a", going=Going.MOVING, rate=100.0)

    assert etas(going, row("b", going=Going.PAUSED), row("c")) == [10.0, None, 20.0]


def test_the_queue_is_in_the_order_of_travelling_with_paused_ones_last(
    office: Office, tmp_path: Path
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    to = (office.people["bruno"].user,)
    files = []
    for name in "abcd":
        source = tmp_path / name
        source.write_bytes(name.encode() * 100)
        found = registering.Found(source, source_stat(source), name, "")
        files.append(office.on("ana", registering.register, space, found, to))
    office.on("ana", queueing.move, space, files[2], first=True)
    office.on("ana", queueing.pause, space, files[0])
    moved = office.on("ana", queue).rows[1]
    office.on("ana", queueing.move, space, moved.file, first=False)
    office.on("ana", queueing.put_back, space, moved.file, moved.rank)

    view = office.on("ana", queue)

    assert [(one.name, one.going) for one in view.rows] == [
        ("c", Going.WAITING), ("b", Going.WAITING), ("d", Going.WAITING), ("a", Going.PAUSED),
    ]  # fmt: skip
    assert view.more == 0
    assert [one.recipients for one in view.rows] == [1, 1, 1, 1]
    short = office.on("ana", queue, 2)
    assert [one.name for one in short.rows] == ["c", "b"]
    assert short.more == 2


def test_what_failed_stands_in_the_queue_with_its_reason_until_it_is_tried_again(
    office: Office, tmp_path: Path
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    source = tmp_path / "photo.jpg"
    source.write_bytes(b"x" * 100)
    found = registering.Found(source, source_stat(source), source.name, "")
    file = office.on("ana", registering.register, space, found, (office.people["bruno"].user,))
    office.on("ana", queueing.ended, space, file, DiskError("The disk is full."))

    (failed,) = office.on("ana", queue).rows
    assert (failed.going, failed.problem) == (Going.FAILED, "The disk is full.")
    assert failed.eta is None

    office.on("ana", interventions.make_due, space, file)
    (again,) = office.on("ana", queue).rows
    assert (again.going, again.problem) == (Going.WAITING, "")


def test_a_message_that_has_not_left_says_what_it_waits_for(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.exchange(space, "ana", "bruno", rounds=2)
    assert office.on("ana", queue).unsent == 0
    message = office.write("ana", space, "Seal no. 4411")

    view = office.on("ana", queue)
    (waits,) = view.outbox
    assert (waits.kind, waits.text, waits.held) == ("text", "Seal no. 4411", Held.STORE)
    assert view.unsent == 1
    office.on("ana", _postpone, space, message, office.clock.at + 60)
    (later,) = office.on("ana", queue).outbox
    assert (later.held, later.next_try) == (Held.LATER, office.clock.at + 60)
    office.on("ana", _unseal, space)
    assert office.on("ana", queue).outbox[0].held is Held.KEY


def _postpone(session: Session, space: SpaceId, message: bytes, until: int) -> None:
    with transaction(session.stores.space(space)) as sp:
        outbox.postpone(sp, message, until, 1)


def _unseal(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.space(space)) as sp:
        sp.execute("UPDATE outgoing_envelope SET envelope = NULL")


def test_a_limit_that_another_process_sets_is_seen(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    assert (watched.up()(), watched.down()()) == (0, 0)

    limits.save(tmp_path, Limits(up=50_000, down=60_000))

    assert (watched.up()(), watched.down()()) == (50_000, 60_000)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("off", 0),
        ("2M", 2 << 20),
        ("2 MiB/s", 2 << 20),
        ("500k", 500 << 10),
        ("1.5m", 3 << 19),
        ("65536", 65_536),
    ],
)
def test_a_rate_is_read_as_people_write_it(text: str, rate: int) -> None:
    assert parsed(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "-1M", "1T", "10", "2M5", "٢M", "1e9"])
def test_what_is_no_rate_or_would_move_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parsed(text)


def test_spans_have_the_units_a_person_reads() -> None:
    seconds = (0, 59, 60, 3_599, 3_600, 90_000)
    assert [span(one) for one in seconds] == [
        "0 s", "59 s", "1 min", "59 min", "1 h 0 min", "1 d 1 h",
    ]  # fmt: skip
    assert parsed(str(MIN_BYTES_PER_SECOND)) == MIN_BYTES_PER_SECOND
