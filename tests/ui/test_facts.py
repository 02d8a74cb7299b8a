"""Exhibits are described, compared with reports and marked: what the window decides of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jitclient.views import ExhibitState, Purpose
from protocol.facts import arranged
from tests.ui.desk_double import DeskDouble
from tests.ui.stating import STATED, state, stated
from tests.ui.test_evidence import adding
from tests.ui.waiting import until
from ui.evidence import items
from ui.evidence.uses import ExportPresenter, PermissionPresenter

pytestmark = pytest.mark.asyncio(loop_scope="session")
MORE = {name: value for name, value in STATED if name != "title"}


async def test_facts_go_with_the_file_and_the_same_ones_to_all(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"a")
    add, tasks = adding(desk, failures)
    add.take([tmp_path / "a.pdf", tmp_path / "b.pdf"])
    await until(lambda: tasks.idle)
    one = add.facts(tmp_path / "a.pdf")
    one.type("title", "The first")
    add.describe(tmp_path / "a.pdf", one.values)
    both = add.facts(None)
    both.type("country", "PT")
    add.describe(None, both.values)

    state(add)
    await add.add()

    said = {row.name: row.facts for row in desk.files[desk.space_a]}
    assert said == {
        "a.pdf": arranged(dict(stated(title="The first", country="PT"))),
        "b.pdf": arranged(dict(stated(title="b", country="PT"))),
    }


async def test_facts_of_one_file_that_are_emptied_are_gone(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(DeskDouble(), failures)
    add.take([tmp_path / "a.pdf"])
    await until(lambda: tasks.idle)
    add.describe(tmp_path / "a.pdf", {"title": "The first", "country": "PT"})
    again = add.facts(tmp_path / "a.pdf")
    again.type("title", " ")
    add.describe(tmp_path / "a.pdf", again.values)

    assert add.state.files[0].facts == (("country", "PT"),)


@pytest.mark.parametrize(
    "typed", [{"country": "Portugal"}, {"handling": "H3"}, {"acquired-at": "2099-01-01"}]
)
async def test_facts_that_would_be_refused_cannot_be_kept(
    typed: dict[str, str], tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(DeskDouble(), failures)
    add.take([tmp_path / "a.pdf"])
    await until(lambda: tasks.idle)
    facts = add.facts(tmp_path / "a.pdf")
    before = facts.state.can_keep

    facts.fill(typed)

    assert (before, facts.state.can_keep) == (True, False)
    assert facts.state.problems or facts.state.contradiction


async def test_a_file_that_is_not_what_the_report_says_stays_on_the_list(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    for name in ("a.img", "b.img"):
        (tmp_path / name).write_bytes(name.encode())
    digest = hashlib.sha256(b"a.img").hexdigest()
    (tmp_path / "report.txt").write_text(f"{digest}  a.img\n{'0' * 64}  b.img\n")
    add, tasks = adding(desk, failures)
    add.take([tmp_path / "a.img", tmp_path / "b.img"])
    await until(lambda: tasks.idle)
    add.report(tmp_path / "report.txt")
    await until(lambda: tasks.idle)
    assert add.state.note == "Hashes of 2 of 2 files taken from the report."
    state(add)

    await add.add()

    assert [row.name for row in desk.files[desk.space_a]] == ["a.img"]
    (left,) = add.state.files
    assert "b.img is not what was acquired" in left.problem
    assert add.state.problem is not None
    assert add.state.problem.code == "acquisition-differs"
    assert not add.state.can_add
    corrected = add.facts(left.path)
    corrected.type("acquired-sha256", hashlib.sha256(b"b.img").hexdigest())
    add.describe(left.path, corrected.values)
    assert await add.add()


async def test_a_list_brings_files_with_numbers_and_facts_and_says_which_rows_are_wrong(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    for name in ("a.img", "b.img"):
        (tmp_path / name).write_bytes(b"a")
    (tmp_path / "list.csv").write_text(
        "file;number;title;country\na.img;A-1;The first;pt\nb.img;A-2;The second;Portugal\n"
    )
    add, tasks = adding(desk, failures)
    add.take_list(tmp_path / "list.csv")
    await until(lambda: tasks.idle)
    assert add.state.note == "2 rows read, 1 of them cannot go."
    assert [one.problem[:7] for one in add.state.files] == ["", "Line 3:"]
    assert not add.state.can_add, "what the list does not say is still to be stated"
    add.describe(add.state.files[0].path, dict(add.state.files[0].facts) | MORE)

    await add.add()

    (went,) = desk.files[desk.space_a]
    assert (went.exhibit, dict(went.facts)["title"]) == ("A-1", "The first")
    (left,) = add.state.files
    again = add.facts(left.path)
    assert dict(again.state.problems) == {"country": "Country must be written like PT."}
    again.type("country", "PT")
    add.describe(left.path, again.values | MORE)
    assert await add.add()


async def test_what_is_no_list_is_told_and_adds_nothing(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "list.csv").write_text("colour\nred\n")
    add, tasks = adding(DeskDouble(), failures)

    add.take_list(tmp_path / "list.csv")
    await until(lambda: tasks.idle)

    assert add.state.problem is not None
    assert add.state.files == ()


async def test_a_template_fills_in_what_was_not_typed(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(desk, failures)
    add.take([tmp_path / "a.pdf"])
    await until(lambda: tasks.idle)
    first = add.facts(None)
    first.fill({"authority": "LKA Hamburg", "tlp": "AMBER", "case": "7 Js 1/26"})
    first.keep("LKA")
    await until(lambda: tasks.idle)
    assert (first.state.templates, first.state.chosen) == (("LKA",), "LKA")
    assert first.state.said == "2 facts kept; those of one case are not."

    second = add.facts(tmp_path / "a.pdf")
    second.load()
    await until(lambda: tasks.idle)
    second.type("tlp", "RED")
    second.use("LKA")

    assert second.values == {"title": "a", "authority": "LKA Hamburg", "tlp": "RED"}
    second.remove()
    await until(lambda: tasks.idle)
    assert second.state.templates == ()
    second.keep(" ")
    await until(lambda: tasks.idle)
    assert second.state.problem is not None


async def test_a_report_that_cannot_be_used_is_told_and_changes_nothing(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "a.img").write_bytes(b"a")
    (tmp_path / "report.txt").write_text(f"MD5: {'0' * 32}\nMD5: {'1' * 32}\n")
    add, tasks = adding(DeskDouble(), failures)
    add.take([tmp_path / "a.img"])
    await until(lambda: tasks.idle)

    add.report(tmp_path / "report.txt")
    await until(lambda: tasks.idle)

    assert add.state.problem is not None
    assert add.state.files[0].facts == (("title", "a"),)


async def test_a_copy_for_a_court_waits_for_the_permission_of_who_handed_it_over() -> None:
    desk = DeskDouble()
    facts = (("handling", "H1+H2"), ("tlp", "RED"))
    row = desk.exhibit(
        desk.space_a, "a.bin", "A-1", 100, ExhibitState.VERIFIED, author=1, facts=facts
    )
    asked = ExportPresenter(row)
    free = asked.state.can_go_on
    asked.choose(Purpose.COURT)
    assert (free, asked.state.can_go_on) == (True, False)
    assert "Jan de Vries" in asked.state.forbidden
    permission = PermissionPresenter(desk, row)
    assert not permission.state.can_record
    permission.type(reference="Letter of 20 November")

    assert await permission.record()

    (now,) = desk.files[desk.space_a]
    again = ExportPresenter(now)
    again.choose(Purpose.COURT)
    assert again.state.can_go_on
    assert items.item(now).can_permit, "H2 is still in force"
    assert items.item(now).marks == ("H1+H2", "TLP:RED")
    lines = [one.name for one in items.details(now, None).facts]
    assert "H1 permitted by" in lines


async def test_ones_own_exhibit_asks_for_no_permission() -> None:
    desk = DeskDouble()
    own = desk.exhibit(
        desk.space_a, "a.bin", "A-1", 100, ExhibitState.ON_SERVER, facts=(("handling", "H1"),)
    )

    assert not items.item(own).can_permit
