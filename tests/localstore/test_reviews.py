"""Reviews are kept for every exhibit, compared without case and accents, and found by an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import evidence, migrate, reviews, searchindex
from localstore.connection import Connection, open_database, transaction
from localstore.reviews import ReviewRecord
from protocol.errors import NotFoundError
from tests.localstore.samples import KEY, exhibit, number_id, put

STEPS = migrate.load("space")
BEFORE_REVIEW = next(at for at, script in enumerate(STEPS) if "TABLE review" in script)
"""How many migrations a space without reviews has."""


def several(sp: Connection, count: int) -> None:
    put(sp, *(exhibit(file=number_id(n), state="verified") for n in range(1, count + 1)))


def test_a_review_comes_back_as_it_was(sp: Connection) -> None:
    several(sp, 2)
    assert reviews.review(sp, number_id(1)) == ReviewRecord()

    reviews.set_state(sp, number_id(1), "flagged")
    reviews.set_note(sp, number_id(1), "Ask Jan.")
    reviews.add_tags(sp, number_id(1), ["Zürich", "phone"])

    known = ReviewRecord(state="flagged", note="Ask Jan.", tags=("phone", "Zürich"))
    assert reviews.review(sp, number_id(1)) == known
    assert reviews.reviews(sp) == {number_id(1): known}
    assert reviews.states(sp) == {"flagged": 1, "new": 1}
    with pytest.raises(NotFoundError):
        reviews.set_state(sp, number_id(3), "new")


def test_a_note_or_a_tag_alone_is_something_to_say(sp: Connection) -> None:
    several(sp, 3)

    reviews.set_note(sp, number_id(1), "x")
    reviews.add_tags(sp, number_id(2), ["y"])

    assert set(reviews.reviews(sp)) == {number_id(1), number_id(2)}


def test_case_and_accents_do_not_make_two_tags_of_one(sp: Connection) -> None:
    several(sp, 2)
    reviews.add_tags(sp, number_id(1), ["zurich", "Αθήνα"])
    reviews.add_tags(sp, number_id(1), ["ZÜRICH"])
    reviews.add_tags(sp, number_id(2), ["αθηνα"])

    assert reviews.review(sp, number_id(1)).tags == ("ZÜRICH", "Αθήνα")
    assert reviews.tagged(sp, "Zurich") == {number_id(1)}
    assert [count for _, count in reviews.tags(sp)] == [1, 2]
    reviews.drop_tags(sp, number_id(1), ["zürich"])
    assert reviews.review(sp, number_id(1)).tags == ("Αθήνα",)


def test_the_queue_goes_on_behind_an_exhibit_and_begins_again(sp: Connection) -> None:
    several(sp, 4)
    reviews.set_state(sp, number_id(2), "reviewed")
    reviews.set_state(sp, number_id(3), "in-review")

    assert reviews.next_open(sp) == number_id(1)
    assert reviews.next_open(sp, number_id(1)) == number_id(3)
    assert reviews.next_open(sp, number_id(4)) == number_id(1)
    for number in (1, 3, 4):
        reviews.set_state(sp, number_id(number), "flagged")
    assert reviews.next_open(sp, number_id(2)) is None


def test_what_was_taken_back_is_not_in_the_queue(sp: Connection) -> None:
    several(sp, 2)
    evidence.update_exhibit(sp, number_id(1), state="withdrawn")

    assert reviews.next_open(sp) == number_id(2)


def test_the_queue_reads_an_index_however_many_were_looked_at(sp: Connection) -> None:
    plan = sp.execute(f"EXPLAIN QUERY PLAN {reviews._NEXT}", {"after": 5}).fetchall()
    steps = " / ".join(str(row[3]) for row in plan)

    assert "review_open" in steps
    assert "SCAN e" not in steps
    assert "TEMP B-TREE" not in steps


def test_views_are_kept_replaced_and_dropped_by_name(sp: Connection) -> None:
    reviews.save_view(sp, "Mine", "tag:a")
    reviews.save_view(sp, "Mine", "tag:b")

    assert reviews.views(sp) == {"Mine": "tag:b"}
    assert reviews.drop_view(sp, "Mine")
    assert not reviews.drop_view(sp, "Mine")


def test_exhibits_of_an_older_space_are_new(tmp_path: Path) -> None:
    folder = tmp_path / "steps"
    folder.mkdir()
    for number, script in enumerate(STEPS[:BEFORE_REVIEW], start=1):
        (folder / f"{number:04}_step.sql").write_text(script)
    old = open_database(tmp_path / "space.db", KEY, migrations=folder)
    with transaction(old), pytest.MonkeyPatch.context() as patch:
        patch.setattr(searchindex, "add", lambda *_: None)  # of a later schema
        for number in (1, 2):
            evidence.add_exhibit(old, exhibit(file=number_id(number), state="verified"))
    old.close()

    sp = open_database(tmp_path / "space.db", KEY, migrations="space")

    assert reviews.states(sp) == {"new": 2}
    assert reviews.next_open(sp, number_id(1)) == number_id(2)
    assert searchindex.backlog(sp)[0] == 0
    sp.close()
