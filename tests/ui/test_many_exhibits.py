"""However many exhibits a space has, the window's thread makes, filters and sorts none of them."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from jitclient.events import ExhibitsChanged, TransferMoved
from jitclient.reviewviews import ReviewState, keeps
from jitclient.views import ExhibitRow, ExhibitState, MessageKind, MessageRow
from protocol.errors import ActionNeededError
from protocol.ids import FileId, SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.waiting import until
from ui.evidence import arranging, items
from ui.evidence.arranging import MANY, Arranger, Wish
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import Column
from ui.room import Room
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS = 3 * MANY
WINDOW = threading.get_ident()


class Work:
    """How often a row was made, judged or compared, by thread."""

    def __init__(self) -> None:
        self.made: Counter[int] = Counter()
        self.judged: Counter[int] = Counter()

    def at_the_window(self) -> int:
        return self.made[WINDOW] + self.judged[WINDOW]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    found, make, judge = Work(), items.item, keeps

    def made(*given: Any, **more: Any) -> Any:
        found.made[threading.get_ident()] += 1
        return make(*given, **more)

    def judged(*given: Any) -> bool:
        found.judged[threading.get_ident()] += 1
        return judge(*given)

    monkeypatch.setattr(items, "item", made)
    monkeypatch.setattr(arranging, "keeps", judged)
    return found


def crowded() -> DeskDouble:
    desk = DeskDouble()
    for number in range(ROWS):
        desk.exhibit(
            desk.space_a, f"{number}.bin", f"A-{number}", number, ExhibitState.VERIFIED, author=1
        )
    return desk


async def listing(
    desk: DeskDouble, failures: list[Exception]
) -> tuple[EvidencePresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    made = EvidencePresenter(desk, tasks, lambda: NOW, lambda _: None)
    made.open(desk.details[desk.space_a])
    await until(lambda: tasks.idle)
    return made, tasks


async def test_no_row_is_made_or_judged_on_the_windows_thread(
    work: Work, failures: list[Exception]
) -> None:
    shown, tasks = await listing(crowded(), failures)
    assert len(shown.state.items) == ROWS

    shown.filter("7.bin")
    shown.sort_by(Column.SIZE, descending=True)
    await until(lambda: tasks.idle)

    sizes = [one.bytes for one in shown.state.items]
    assert sizes == [number for number in range(ROWS - 1, -1, -1) if number % 10 == 7]
    assert work.at_the_window() == 0
    assert sum(work.made.values()) == ROWS, "a row that did not change is not made again"


async def test_what_is_typed_quickly_is_not_filtered_letter_by_letter(
    work: Work, failures: list[Exception]
) -> None:
    shown, tasks = await listing(crowded(), failures)

    for end in range(1, len("123.bin") + 1):
        shown.filter("123.bin"[:end])
    await until(lambda: tasks.idle)

    assert [one.stem for one in shown.state.items] == ["123", "1123"]
    assert sum(work.judged.values()) <= 3 * ROWS


async def test_bytes_that_move_make_one_row_anew(work: Work, failures: list[Exception]) -> None:
    desk = crowded()
    shown, tasks = await listing(desk, failures)
    file = desk.files[desk.space_a][5].file
    work.made.clear()

    shown.moved(TransferMoved(desk.space_a, file, 3, 10, 1.0))

    assert sum(work.made.values()) == 1
    assert tasks.idle


async def test_an_exhibit_that_is_filtered_out_is_gone_to_all_the_same(
    failures: list[Exception],
) -> None:
    desk = crowded()
    shown, tasks = await listing(desk, failures)
    shown.filter("nothing has this")
    await until(lambda: tasks.idle)
    assert shown.state.items == ()
    file = desk.files[desk.space_a][1_200].file

    shown.go_to(desk.space_a, file)
    await until(lambda: tasks.idle)

    assert shown.state.query == ""
    assert shown.state.current is not None
    assert shown.state.current.file == file


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("descending", [False, True])
async def test_many_are_ordered_as_few_are(column: Column, descending: bool) -> None:
    desk = DeskDouble()
    for number in range(2_500):
        name = f"{number * 7919 % 2_500}.bin"
        exhibit = f"A-{number * 31 % 100}" if number % 9 else ""
        desk.exhibit(desk.space_a, name, exhibit, number % 77, ExhibitState.VERIFIED, author=1)
    rows = desk.files[desk.space_a]
    arranger = Arranger(lambda: NOW)
    every = [arranger.item(row) for row in rows]
    key = items.order(column)

    made = arranger.arrange(rows, Wish(sort=column, descending=descending))

    assert made is not None
    expected = sorted(every, key=key, reverse=descending)
    if column is Column.NUMBER:
        expected.sort(key=lambda one: not one.number)
    assert [key(one) for one in made.items] == [key(one) for one in expected]
    assert [made.items[made.places[one.file]] for one in made.items] == list(made.items)
    assert arranger.arrange(rows, Wish(), lambda: True) is None


class Asked:
    """What the list read of the database since `clear`: everything, how often, and which files."""

    def __init__(self, desk: DeskDouble, monkeypatch: pytest.MonkeyPatch) -> None:
        self.whole, self.files = 0, list[FileId]()
        every, some = desk.exhibits, desk.talking.exhibits

        async def exhibits(space: SpaceId) -> tuple[ExhibitRow, ...]:
            self.whole += 1
            return await every(space)

        async def these(space: SpaceId, files: Collection[FileId]) -> tuple[ExhibitRow, ...]:
            self.files += files
            return await some(space, files)

        monkeypatch.setattr(desk, "exhibits", exhibits)
        monkeypatch.setattr(desk.talking, "exhibits", these)

    def clear(self) -> None:
        self.whole, self.files = 0, []


async def test_of_many_exhibits_the_one_that_changed_is_read_again_and_its_row_made(
    work: Work, failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = crowded()
    asked = Asked(desk, monkeypatch)
    shown, tasks = await listing(desk, failures)
    assert asked.whole == 1
    before, file = shown.state.items, desk.files[desk.space_a][700].file
    desk._put(replace(desk._file(desk.space_a, file), review=ReviewState.FLAGGED.value))
    work.made.clear()
    asked.clear()

    shown.changed({file})
    await until(lambda: tasks.idle)

    at = shown.state.places[file]
    assert shown.state.items[at].review.word == "Flagged"
    assert [one for one in shown.state.items if one.file != file] == [
        one for one in before if one.file != file
    ]
    assert (asked.whole, asked.files) == (0, [file])
    assert sum(work.made.values()) == 1


async def test_what_changed_goes_where_order_and_filter_want_it(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = crowded()
    asked = Asked(desk, monkeypatch)
    shown, tasks = await listing(desk, failures)
    file = desk.files[desk.space_a][700].file

    shown.sort_by(Column.REVIEW, descending=True)
    desk._put(replace(desk._file(desk.space_a, file), review=ReviewState.FLAGGED.value))
    shown.changed({file})
    await until(lambda: tasks.idle)
    assert shown.state.places[file] == 0

    shown.sort_by(Column.NUMBER, descending=False)
    shown.filter("review:new")
    await until(lambda: tasks.idle)
    assert file not in shown.state.places
    assert len(shown.state.items) == ROWS - 1
    desk._put(replace(desk._file(desk.space_a, file), review=ReviewState.NEW.value))
    shown.changed({file})
    await until(lambda: tasks.idle)
    assert file in shown.state.places
    assert asked.whole == 1


async def test_exhibits_that_come_stand_as_if_all_had_been_read(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = crowded()
    rows = desk.files[desk.space_a]
    rows[:] = sorted(rows, key=lambda one: (-one.added_at, one.file))
    asked = Asked(desk, monkeypatch)
    shown, tasks = await listing(desk, failures)

    for number, at in enumerate((NOW, NOW - 3600, NOW, NOW - 3600)):
        desk.exhibit(desk.space_a, f"come{number}.bin", "", 1, ExhibitState.AVAILABLE, author=1)
        desk._put(replace(rows[-1], added_at=at))
    came = {one.file for one in rows[-4:]}
    rows[:] = sorted(rows, key=lambda one: (-one.added_at, one.file))
    for file in came:
        shown.changed({file})
        await until(lambda: tasks.idle)

    assert list(shown.rows.values()) == rows
    assert len(shown.state.items) == shown.state.total == ROWS + 4
    assert asked.whole == 1
    shown.changed(None)
    await until(lambda: tasks.idle)
    assert list(shown.rows.values()) == rows
    assert asked.whole == 2


async def test_what_could_not_be_read_again_is_read_with_the_next_change(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = crowded()
    shown, tasks = await listing(desk, failures)
    first, second = (desk.files[desk.space_a][at].file for at in (3, 4))
    for file in (first, second):
        desk._put(replace(desk._file(desk.space_a, file), review=ReviewState.FLAGGED.value))
    read = desk.talking.exhibits

    async def refused(space: SpaceId, files: Collection[FileId]) -> tuple[ExhibitRow, ...]:
        raise ActionNeededError("The disk says no.")

    monkeypatch.setattr(desk.talking, "exhibits", refused)
    shown.changed({first})
    await until(lambda: tasks.idle)
    assert shown.state.problem is not None

    monkeypatch.setattr(desk.talking, "exhibits", read)
    shown.changed({second})
    await until(lambda: tasks.idle)

    for file in (first, second):
        assert shown.rows[file].review == ReviewState.FLAGGED.value


async def test_a_conversation_is_read_again_only_for_exhibits_it_speaks_of(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = DeskDouble()
    spoken = desk.exhibit(desk.space_a, "a.bin", "A-1", 1, ExhibitState.AVAILABLE, author=1)
    other = desk.exhibit(desk.space_a, "b.bin", "A-2", 1, ExhibitState.AVAILABLE, author=1)
    desk.say(desk.space_a, 1, "", kind=MessageKind.EXHIBIT, file=spoken.file)
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    room.spaces.select(desk.space_a)
    await until(lambda: room.tasks.idle)
    read, pages = desk.messages, list[SpaceId]()

    async def messages(space: SpaceId, **how: Any) -> tuple[MessageRow, ...]:
        pages.append(space)
        return await read(space, **how)

    monkeypatch.setattr(desk, "messages", messages)
    desk.publish(ExhibitsChanged.of(desk.space_a, other.file))
    await until(lambda: room.tasks.idle)
    assert pages == []
    desk.publish(ExhibitsChanged.of(desk.space_a, spoken.file))
    await until(lambda: room.tasks.idle)
    assert pages == [desk.space_a]
    desk.publish(ExhibitsChanged(desk.space_a))
    await until(lambda: room.tasks.idle)
    assert len(pages) == 2
    room.close()


async def test_numbers_in_what_is_written_are_compared_as_numbers() -> None:
    """By the parts one by one, as a person would; the key itself is one short string."""

    def parts(text: str) -> list[tuple[int, int, str]]:
        found = re.findall(r"\d+|\D+", text.casefold())
        return [(0, int(one), "") if one.isdecimal() else (1, 0, one) for one in found]

    chance = random.Random(71)
    written = ["".join(chance.choices("aAb-. 019５é", k=chance.randrange(9))) for _ in range(900)]
    written += ["A-2", "A-10", "A-010", "A", "A-", "2", "10", "A-" + "9" * 29, "A-1" + "0" * 29]
    assert [parts(one) for one in sorted(written, key=items.natural)] == sorted(map(parts, written))
