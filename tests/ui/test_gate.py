"""First run and unlock: decisions, without a window."""

from __future__ import annotations

import pytest

from protocol.errors import DamagedStoreError, NotEnrolledError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import INVITATION, PASSPHRASE, DoorDouble
from tests.ui.waiting import until
from ui.errors.cards import ErrorCard
from ui.firstrun.presenter import FirstRunPresenter, strength_of
from ui.firstrun.state import Step
from ui.ports import DeskPort
from ui.tasks import TaskScope
from ui.unlock import view
from ui.unlock.presenter import UnlockPresenter

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "harbour quiet violin"


def _scope(failures: list[Exception]) -> TaskScope:
    return TaskScope(failures.append)


def _never(_problem: ErrorCard | None) -> None:
    raise AssertionError("the set-up of this profile was not cut off")


def _first_run(
    door: DoorDouble, opened: list[DeskPort], failures: list[Exception]
) -> FirstRunPresenter:
    return FirstRunPresenter(door, _scope(failures), opened.append, "/home/clara/jit")


async def test_the_store_is_shown_before_anything_goes_on(failures: list[Exception]) -> None:
    first = _first_run(DoorDouble(enrolled=False), [], failures)

    first.invitation_changed(f"  {INVITATION}\n")

    assert first.state.address == "store.jit.example:8443"
    assert first.state.fingerprint.startswith("9F86 D081 884C")
    assert first.state.step is Step.INVITATION
    assert first.state.can_go_on


async def test_half_an_invitation_is_named_and_stops_the_first_run(
    failures: list[Exception],
) -> None:
    first = _first_run(DoorDouble(enrolled=False), [], failures)

    first.invitation_changed(INVITATION[5:])
    first.go_on()

    assert first.state.step is Step.INVITATION
    assert "beginning is missing" in first.state.invitation_problem


async def test_two_different_passphrases_do_not_enrol(failures: list[Exception]) -> None:
    opened: list[DeskPort] = []
    first = _first_run(DoorDouble(enrolled=False), opened, failures)
    first.invitation_changed(INVITATION)
    first.go_on()

    first.enrol(LONG, LONG + "x")

    assert first.state.step is Step.PASSPHRASE
    assert first.state.repeat_problem == "The two differ."
    assert opened == []


async def test_typing_the_second_passphrase_is_not_called_wrong_too_early(
    failures: list[Exception],
) -> None:
    first = _first_run(DoorDouble(enrolled=False), [], failures)

    first.passphrases_changed(LONG, LONG[:5])

    assert first.state.repeat_problem == ""
    assert not first.state.passphrases_fit


async def test_enrolment_opens_the_desk_and_keeps_no_passphrase(
    failures: list[Exception],
) -> None:
    opened: list[DeskPort] = []
    first = _first_run(DoorDouble(enrolled=False), opened, failures)
    first.invitation_changed(INVITATION)
    first.go_on()

    first.enrol(LONG, LONG)
    await until(lambda: bool(opened))

    assert LONG not in repr(vars(first))


async def test_an_unreachable_store_keeps_the_invitation_for_another_try(
    failures: list[Exception],
) -> None:
    door = DoorDouble(enrolled=False)
    door.offline = True
    opened: list[DeskPort] = []
    first = _first_run(door, opened, failures)
    first.invitation_changed(INVITATION)
    first.go_on()

    first.enrol(LONG, LONG)
    await until(lambda: first.state.problem is not None)

    assert first.state.problem is not None
    assert first.state.problem.code == "store-unreachable"
    assert "not set up yet" in first.state.problem.sentence
    assert "the same passphrase" in first.state.problem.todo
    assert first.state.invitation == INVITATION
    assert first.state.step is Step.PASSPHRASE


async def test_a_used_invitation_leads_back_to_the_invitation(failures: list[Exception]) -> None:
    door = DoorDouble(enrolled=False)
    door.used = True
    first = _first_run(door, [], failures)
    first.invitation_changed(INVITATION)
    first.go_on()

    first.enrol(LONG, LONG)
    await until(lambda: first.state.problem is not None)

    assert first.state.step is Step.INVITATION


@pytest.mark.parametrize(
    ("passphrase", "strength"),
    [("", 0), ("short", 1), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1), ("twelve chars", 2), (LONG, 3)],
)
async def test_strength_is_length_and_variety(passphrase: str, strength: int) -> None:
    assert strength_of(passphrase) == strength


async def test_a_wrong_passphrase_says_that_nothing_was_changed(
    failures: list[Exception],
) -> None:
    unlock = UnlockPresenter(DoorDouble(), _scope(failures), lambda _desk: None, _never)

    unlock.unlock("wrong")
    assert unlock.state.busy
    await until(lambda: not unlock.state.busy)
    unlock.unlock("wrong again")
    await until(lambda: not unlock.state.busy)

    assert "Nothing was changed" in unlock.state.wrong
    assert unlock.state.wrong.endswith("2 tries so far.")


async def test_a_second_try_waits_for_the_first(failures: list[Exception]) -> None:
    opened: list[DeskPort] = []
    unlock = UnlockPresenter(DoorDouble(), _scope(failures), opened.append, _never)

    unlock.unlock(PASSPHRASE)
    unlock.unlock(PASSPHRASE)
    await until(lambda: bool(opened))

    assert len(opened) == 1


async def test_a_damaged_store_is_an_error_and_never_an_empty_one(
    failures: list[Exception],
) -> None:
    class Damaged(DoorDouble):
        async def unlock(self, passphrase: str) -> object:  # type: ignore[override]
            raise DamagedStoreError("device.db is damaged; it was left untouched.")

    opened: list[DeskPort] = []
    door = Damaged()
    scope = _scope(failures)
    unlock = UnlockPresenter(door, scope, opened.append, _never)  # type: ignore[arg-type]

    unlock.unlock(PASSPHRASE)
    await until(lambda: not unlock.state.busy)

    assert opened == []
    assert unlock.state.problem is not None
    assert "untouched" in unlock.state.problem.sentence


class Unfinished(DoorDouble):
    """Its enrolment was cut off."""

    async def unlock(self, passphrase: str) -> DeskDouble:
        raise NotEnrolledError("The enrolment was cut off.")


async def test_a_set_up_that_was_cut_off_goes_on_with_the_passphrase_alone(
    failures: list[Exception],
) -> None:
    door, opened = Unfinished(), list[DeskPort]()
    door.offline = True
    unlock = UnlockPresenter(door, _scope(failures), opened.append, _never)

    unlock.unlock(PASSPHRASE)
    await until(lambda: unlock.state.problem is not None)
    problem = unlock.state.problem
    assert problem is not None
    assert problem.code == "store-unreachable"
    assert "kept with it" in problem.safe

    door.offline = False
    unlock.unlock(PASSPHRASE)
    await until(lambda: bool(opened))


async def test_a_set_up_whose_invitation_is_refused_leads_to_where_one_is_pasted(
    failures: list[Exception],
) -> None:
    door, asked = Unfinished(), list[ErrorCard | None]()
    door.used = True
    unlock = UnlockPresenter(door, _scope(failures), lambda _desk: None, asked.append)

    unlock.unlock(PASSPHRASE)
    await until(lambda: bool(asked))

    first = _first_run(DoorDouble(), [], failures)
    first.begin(unfinished=True, problem=asked[0])
    assert first.state.step is Step.INVITATION
    assert first.state.problem is not None
    assert first.state.problem.code == "invitation"
    first.begin(unfinished=True)
    assert "same passphrase" in first.state.problem.todo


async def test_the_locked_card_names_the_computer_of_a_profile(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "computer", lambda: "HH-StA-0417")
    presenter = UnlockPresenter(DoorDouble(), _scope(failures), lambda _: None, _never)

    card = view.UnlockView(presenter, "/home/clara/jit")
    without = view.UnlockView(presenter, "")

    assert card.computer.text() == "HH-StA-0417"
    assert not card.computer.isHidden()
    assert without.computer.isHidden()
    for one in (card, without):
        one.deleteLater()
