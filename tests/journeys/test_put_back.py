"""A17, A27: an old copy of a profile is put back; it is noticed, and nothing is used twice."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest import mock

import pytest
import pytest_asyncio

from crypto import devicelist, message
from jitclient import freshness, renewal
from jitclient.freshness import PutBackError
from jitclient.views import ExhibitState, MessageState
from localstore import freshness as stored
from protocol.errors import DiskError
from protocol.ids import DeviceId
from tests.support.keyrings import FileKeyring, installed
from tests.support.people_at_work import PASSPHRASE, Team, at_work, evidence_file

pytestmark = pytest.mark.asyncio

SEVERE = {"replay", "reordered", "forged", "ghost-member", "log-fork", "removed-sender"}


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[FileKeyring]:
    with installed(tmp_path / "keyring.json") as backend:
        yield backend


@pytest_asyncio.fixture
async def watched(template: Path, tmp_path: Path, keyring: FileKeyring) -> AsyncIterator[Team]:
    """The team; half of Ana's key, and how far her profile has come, lie in a keyring."""
    folder = tmp_path / "team"
    async with at_work(template, folder) as team:
        await team["ana"].keys.change_passphrase(PASSPHRASE, PASSPHRASE)
        await team.lock("ana")
        await team.unlock("ana")
        yield team
    shutil.rmtree(folder, ignore_errors=True)


async def copy_of(team: Team, who: str = "ana") -> Path:
    """A copy of a profile at rest; its owner is unlocked again."""
    await team.lock(who)
    kept = team.folder / f"{who}-old"
    shutil.copytree(team.profile(who), kept)
    await team.unlock(who)
    return kept


async def put_back(team: Team, kept: Path, who: str = "ana", *, only: str = "") -> None:
    """Put the copy, or one kind of file of it, in place of what is there; unlock."""
    if who in team.desks:
        await team.lock(who)
    for file in sorted(kept.rglob("*.db*")):
        place = team.profile(who) / file.relative_to(kept)
        if not only or file.name.startswith(only):
            for stale in place.parent.glob(place.name.split(".")[0] + ".db*"):
                stale.unlink()
    for file in sorted(kept.rglob("*.db*")):
        place = team.profile(who) / file.relative_to(kept)
        if not only or file.name.startswith(only):
            shutil.copy2(file, place)
    await team.unlock(who)


async def life_goes_on(team: Team) -> None:
    """What everybody does after the copy was made: ratchets turn, numbers grow."""
    for turn in range(2):
        await team["ana"].send(team.space, f"ana after the copy {turn}")
        await team.settle(rounds=1)
        await team["bruno"].send(team.space, f"bruno after the copy {turn}")
        await team.settle(rounds=1)
    await team.settle(rounds=1)


def runs_old_copy(team: Team, who: str = "ana") -> bool:
    session = team[who]._session
    return session.database.call(freshness.put_back, session)


async def settled_again(team: Team, old: DeviceId) -> None:
    """Ana is a new device everywhere, the old one is revoked, and messages go both ways."""
    for _ in range(4):
        await team.settle(rounds=1)
    assert not runs_old_copy(team)
    assert team["ana"]._session.device != old
    shown = devicelist.read_list(
        await team["bruno"].api.device_list(team.user("ana")), team.user("ana")
    )
    assert {e.device for e in shown.devices} == {team["ana"]._session.device}
    assert old in shown.revoked
    await team["ana"].send(team.space, "ana is back")
    await team["bruno"].send(team.space, "welcome back")
    await team.settle(rounds=3)
    assert "ana is back" in await team.texts("bruno")
    assert "ana is back" in await team.texts("eva")
    assert "welcome back" in await team.texts("ana")
    for who in ("bruno", "eva"):
        assert not SEVERE & set(await team.alarms(who))


async def test_a17_an_old_copy_of_the_profile_is_told_stops_sending_and_becomes_a_new_device(
    watched: Team,
) -> None:
    team = watched
    kept = await copy_of(team)
    old = team["ana"]._session.device
    await life_goes_on(team)
    await team.lock("ana")
    await team["bruno"].send(team.space, "while ana was away")
    await team.settle("bruno", rounds=1)

    await put_back(team, kept)

    assert "put-back" in await team.alarms("ana")
    with pytest.raises(PutBackError):
        await team["ana"].send(team.space, "from the old copy")
    await settled_again(team, old)
    assert "from the old copy" not in await team.texts("bruno")


async def test_a27_no_state_of_a_ratchet_seals_twice(watched: Team) -> None:
    team, sealed = watched, []
    real = message.seal_key

    def seal_key(state: object, *rest: object, **more: object) -> object:
        sealed.append(hashlib.sha256(state.dump()).digest())  # type: ignore[attr-defined]
        return real(state, *rest, **more)  # type: ignore[arg-type]

    with mock.patch.object(message, "seal_key", seal_key):
        kept = await copy_of(team)
        old = team["ana"]._session.device
        await life_goes_on(team)
        await put_back(team, kept)
        await settled_again(team, old)

    assert len(sealed) > 8
    assert len(set(sealed)) == len(sealed)


@pytest.mark.parametrize("only", ["space", "device"])
async def test_a17_one_file_alone_is_noticed_without_a_keyring(team: Team, only: str) -> None:
    kept = await copy_of(team)
    old = team["ana"]._session.device
    await life_goes_on(team)

    await put_back(team, kept, only=only)

    assert "put-back" in await team.alarms("ana")
    await settled_again(team, old)


async def test_i33_a_keyring_that_forgot_how_far_it_was_counts_as_an_old_copy(
    watched: Team, keyring: FileKeyring
) -> None:
    await watched.lock("ana")
    keyring.put({k: v for k, v in keyring.entries.items() if not k.endswith(".epoch")})

    await watched.unlock("ana")

    assert runs_old_copy(watched)


async def test_a_life_without_copies_raises_no_alarm_also_after_a_kill(watched: Team) -> None:
    team = watched
    for turn in range(2):
        await team["ana"].send(team.space, f"turn {turn}")
        await team.settle(rounds=1)
        with mock.patch.object(freshness, "leave"):  # what a kill leaves undone
            await team.lock("ana")
        await team.unlock("ana")
        await team.lock("ana")
        await team.unlock("ana")

    assert not runs_old_copy(team)
    assert await team.alarms("ana") == []


async def test_a_kill_between_the_files_ends_in_one_new_device(watched: Team) -> None:
    team = watched
    kept = await copy_of(team)
    old = team["ana"]._session.device
    await life_goes_on(team)
    await put_back(team, kept)

    def full(*_: object) -> None:
        raise DiskError("full")

    with mock.patch.object(stored, "become", full):
        for _ in range(3):
            await team.settle(rounds=1)
    assert runs_old_copy(team)
    await team.lock("ana")
    await team.unlock("ana")

    assert runs_old_copy(team)
    await settled_again(team, old)


async def test_what_waited_in_the_copy_is_not_sent_again_by_itself(
    watched: Team, tmp_path: Path
) -> None:
    team = watched
    source = evidence_file(tmp_path, "disk.img", 3_000_000)
    team.store.stop()
    await team["ana"].send(team.space, "waits in the copy")
    await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    kept = await copy_of(team)
    team.store.start()
    await team.settle(rounds=2)

    await put_back(team, kept)
    await team.settle(rounds=4)

    row = await team.row("ana", "waits in the copy")
    exhibit = await team.exhibit("ana", "disk.img")
    assert row.state is MessageState.REFUSED
    assert "look whether it arrived" in row.problem
    assert exhibit.state is ExhibitState.FAILED
    assert (await team.texts("bruno")).count("waits in the copy") == 1
    assert not SEVERE & set(await team.alarms("bruno"))


async def test_renewal_does_nothing_where_no_copy_runs(team: Team) -> None:
    session = team["ana"]._session

    assert await renewal.go_on(session, team["ana"].api) is False
    assert session.database.call(lambda: stored.renewal(session.stores.device)) is None
