"""What the rows of a conversation stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QWidget

from ui.conversation.ground import Ground

BELOW, WIDTH = 16, 400


class Row(QWidget):
    """As high as it says, unless it must be higher."""

    def __init__(self, high: int) -> None:
        super().__init__()
        self.high = high

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt names it
        return QSize(WIDTH, self.high)


@pytest.fixture
def ground(qapp: QApplication) -> Iterator[Ground]:
    made = Ground(below=BELOW)
    made.between(Row(30), Row(20))
    made.fit(QSize(WIDTH, 600))
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def stand(ground: Ground, *heights: int) -> list[Row]:
    rows = [Row(one) for one in heights]
    for at, row in enumerate(rows):
        ground.stand(at, row)
    QCoreApplication.sendPostedEvents()
    return rows


def edges(rows: list[Row]) -> list[tuple[int, int]]:
    return [(row.y(), row.y() + row.height()) for row in rows]


def test_few_rows_stand_at_the_lower_end_and_none_of_them_leaves_a_gap(ground: Ground) -> None:
    rows = stand(ground, 50, 70, 90)

    end = 600 - BELOW - 20
    assert ground.height() == 600
    assert edges(rows) == [(end - 210, end - 160), (end - 160, end - 90), (end - 90, end)]
    assert all(row.width() == WIDTH and row.isVisible() for row in rows)


def test_many_rows_make_it_higher_below_a_head_and_above_a_foot(ground: Ground) -> None:
    rows = stand(ground, *[100] * 10)

    assert ground.height() == 30 + 1000 + 20 + BELOW
    assert edges(rows)[0] == (30, 130)
    assert edges(rows)[-1] == (930, 1030)


def test_a_row_that_grows_moves_what_stands_below_it(ground: Ground) -> None:
    rows = stand(ground, *[100] * 10)

    rows[3].setMinimumHeight(160)
    QCoreApplication.sendPostedEvents()

    assert edges(rows)[2:5] == [(230, 330), (330, 490), (490, 590)]
    assert ground.height() == 30 + 1060 + 20 + BELOW


def test_a_row_that_went_leaves_no_room_behind(ground: Ground) -> None:
    rows = stand(ground, *[100] * 10)

    ground.let_go(rows[4])
    rows[4].hide()
    QCoreApplication.sendPostedEvents()

    assert edges([*rows[:4], *rows[5:]])[3:5] == [(330, 430), (430, 530)]


def test_a_head_that_is_hidden_takes_no_room(ground: Ground) -> None:
    rows = stand(ground, *[100] * 10)

    ground.ends[0].hide()
    QCoreApplication.sendPostedEvents()

    assert edges(rows)[0] == (0, 100)


def test_readers_go_through_the_rows_as_they_stand_whenever_each_came(ground: Ground) -> None:
    late = stand(ground, 50, 50)
    early = Row(50)

    ground.stand(0, early)

    inside = [one for one in ground.children() if isinstance(one, Row)]
    assert inside == [ground.ends[0], early, *late, ground.ends[1]]
