"""However many exhibits a space has, the window's thread makes, filters and sorts none of them."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from jitclient.events import TransferMoved
from jitclient.reviewviews import keeps
from jitclient.views import ExhibitState
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.waiting import until
from ui.evidence import arranging, items
from ui.evidence.arranging import MANY, Arranger, Wish
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import Column
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
