"""A computer is lost, a passphrase forgotten: what the recovery sheet gives back, and what not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from crypto import devicelist
from crypto.errors import WordsError
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.usecases.recovery import Sheet
from jitclient.views import MessageKind
from protocol.errors import (
    AlreadyEnrolledError,
    BadInputError,
    StoreUnreachableError,
)
from protocol.ids import DeviceId
from tests.support.people_at_work import PASSPHRASE, Team
from tests.support.profiles import cheap_guesses

pytestmark = pytest.mark.asyncio

NEW = "five dry parasols"


async def sheet_of(desk: Desk) -> Sheet:
    return await desk.keys.sheet(PASSPHRASE)


async def restored(folder: Path, sheet: Sheet, *, others_lost: bool = True) -> Desk:
    door = DoorKeeper(folder)
    wish = door.read_sheet(sheet.line, " ".join(sheet.words), others_lost=others_lost)
    return await door.restore(wish, NEW)


async def devices_of(desk: Desk, of: Desk) -> tuple[set[bytes], set[bytes]]:
    """(listed, revoked) as the store shows them."""
    listed = devicelist.read_list(await desk.api.device_list(of.me.user), of.me.user)
    return {entry.device for entry in listed.devices}, set(listed.revoked)


async def test_on_a_new_computer_the_sheet_makes_the_same_person_and_shuts_out_the_lost_one(
    team: Team, tmp_path: Path
) -> None:
    eva = team["eva"]
    sheet = await sheet_of(eva)

    with cheap_guesses():
        new = await restored(tmp_path / "new", sheet)
    try:
        report = await new.sync_now()
        old_report = await eva.sync_now()
        listed, revoked = await devices_of(team["ana"], eva)

        assert new.me.user == eva.me.user
        assert new.me.name == "Eva Moreau"
        assert new.me.device != eva.me.device
        assert new.me.safety_number == eva.me.safety_number
        assert report.online
        assert (listed, revoked) == ({new.me.device}, {eva.me.device})
        assert not old_report.messages_in
        assert [alarm.code for alarm in old_report.alarms] == ["device-revoked"]  # and is told so
        assert [row.space for row in await new.spaces()] == [team.space]
        assert all(row.kind is MessageKind.EVENT for row in await new.messages(team.space))
    finally:
        await new.close()


async def test_the_other_devices_stay_unless_they_are_said_to_be_lost(
    team: Team, tmp_path: Path
) -> None:
    eva = team["eva"]
    sheet = await sheet_of(eva)

    with cheap_guesses():
        new = await restored(tmp_path / "new", sheet, others_lost=False)
    await new.close()

    listed, revoked = await devices_of(team["ana"], eva)
    assert listed == {new.me.device, eva.me.device}
    assert revoked == set()


async def test_a_restore_cut_off_anywhere_ends_with_one_new_device(
    team: Team, tmp_path: Path
) -> None:
    """The store's answer is lost; then it is out of reach; then the same words finish it."""
    sheet = await sheet_of(team["eva"])
    folder = tmp_path / "new"

    with cheap_guesses():
        await lose_the_answer(folder, sheet)
        team.store.stop()
        with pytest.raises(StoreUnreachableError):
            await restored(folder, sheet)
        team.store.start()
        new = await restored(folder, sheet)
        await new.close()

    listed, revoked = await devices_of(team["ana"], team["eva"])
    assert listed == {new.me.device}
    assert revoked == {team["eva"].me.device}


async def lose_the_answer(folder: Path, sheet: Sheet) -> None:
    """Hand in the list and hear nothing."""
    from sync import recovering

    real = recovering.recover

    async def recover(*words: object) -> object:
        await real(*words)  # type: ignore[arg-type]
        raise StoreUnreachableError("The line broke.")

    recovering.recover = recover  # type: ignore[assignment]
    try:
        with pytest.raises(StoreUnreachableError):
            await restored(folder, sheet)
    finally:
        recovering.recover = real


async def test_what_does_not_fit_writes_nothing(team: Team, tmp_path: Path) -> None:
    eva, ana = await sheet_of(team["eva"]), await sheet_of(team["ana"])
    folder = tmp_path / "new"
    door = DoorKeeper(folder)

    with pytest.raises(WordsError, match="another person"):
        door.read_sheet(eva.line, " ".join(ana.words), others_lost=True)
    with pytest.raises(BadInputError):
        door.read_sheet(eva.line[:-2], " ".join(eva.words), others_lost=True)
    wish = door.read_sheet(eva.line, " ".join(eva.words), others_lost=True)
    team.store.stop()
    with pytest.raises(StoreUnreachableError):
        await door.restore(wish, NEW)

    assert not folder.exists()


async def test_an_enrolled_profile_is_not_overwritten(team: Team) -> None:
    sheet = await sheet_of(team["eva"])
    await team.lock("bruno")

    door = DoorKeeper(team.profile("bruno"))
    wish = door.read_sheet(sheet.line, " ".join(sheet.words), others_lost=True)
    with pytest.raises(AlreadyEnrolledError):
        await door.restore(wish, PASSPHRASE)

    assert DeviceId(team["eva"].me.device) in (await devices_of(team["ana"], team["eva"]))[0]


async def test_f17_a_forgotten_passphrase_costs_nothing(team: Team) -> None:
    eva = team["eva"]
    sheet = await sheet_of(eva)
    before = await team.texts("eva")
    await team.lock("eva")

    with cheap_guesses():
        team.desks["eva"] = await DoorKeeper(team.profile("eva")).open_with_words(
            " ".join(sheet.words), NEW
        )
    await team["eva"].send(team.space, "back again")
    await team.settle(rounds=2)

    assert await team.texts("eva") == [*before, "back again"]
    assert "back again" in await team.texts("ana")
    assert await team.alarms("ana") == []


async def test_a_user_key_that_is_not_in_force_is_not_taken(team: Team, tmp_path: Path) -> None:
    """What a person invited anew meets with the old sheet: the store knows another key of hers."""
    sheet = await sheet_of(team["ana"])
    door = DoorKeeper(tmp_path / "new")
    wish = door.read_sheet(sheet.line, " ".join(sheet.words), others_lost=True)
    another = msgspec.structs.replace(wish.line, user=team["eva"].me.user)

    with pytest.raises(WordsError, match="another key"):
        await door.restore(dataclasses.replace(wish, line=another), NEW)

    assert not (tmp_path / "new").exists()
