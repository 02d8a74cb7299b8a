"""A training on real processes: a whole case at work, and nothing of it is left afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from jitclient.desk import Desk
from jitclient.training import cast
from jitclient.training.house import PLACE, TRAINEE, House, open_door
from jitclient.training.views import PROFILES, SESSION, Ready, Step
from jitclient.views import ExhibitState, SpaceState
from protocol.errors import ConfigurationError
from sync import network

_PATIENCE = 240
pytestmark = pytest.mark.asyncio


async def _until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not what():
            await asyncio.sleep(0.05)


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(PLACE, str(tmp_path / "training"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    yield tmp_path / "training"
    network.use(proxy=network.SYSTEM, authorities="")  # as for every other profile


@pytest_asyncio.fixture(name="house")
async def _house(root: Path) -> AsyncIterator[House]:
    house = House()
    yield house
    await house.end()


async def _open(ready: Ready) -> Desk:
    door = await asyncio.to_thread(open_door, ready.profile)
    return await door.unlock(ready.passphrase)


async def test_a_training_is_a_whole_case_that_answers_and_leaves_nothing(
    root: Path, house: House
) -> None:
    steps: list[Step] = []
    ready = await house.begin(steps.append)
    desk = await _open(ready)
    try:
        await _a_case_is_there(desk, ready)
        desk.start()
        await _numbers_are_equal(desk, ready)
        await _colleagues_answer(desk, ready)
        await _closing_reaches_everybody(desk, ready)
    finally:
        await desk.close()

    gone = await house.end()

    assert steps == list(Step)
    assert gone is not None
    assert gone.profiles == len(cast.GUESTS)
    assert gone.left == ()
    assert not root.exists()


async def _a_case_is_there(desk: Desk, ready: Ready) -> None:
    rows = await desk.messages(ready.space)
    assert any(one.mentions_me for one in rows)
    assert any(one.answers for one in rows)
    assert not any(one.mine and one.text == cast.REPLY for one in rows)
    exhibits = await desk.exhibits(ready.space)
    assert {one.exhibit for one in exhibits} == {"T-1", "T-2", "T-3", "T-4", "T-4.1"}
    assert {one.state for one in exhibits} == {ExhibitState.VERIFIED}
    members = (await desk.space(ready.space)).members
    assert all("(training)" in one.name and "made up" in one.authority for one in members)
    assert (await desk.today.needs()) is not None


async def _numbers_are_equal(desk: Desk, ready: Ready) -> None:
    members = {one.name: one.user for one in (await desk.space(ready.space)).members}
    for one in ready.reads:
        assert (await desk.verify(ready.space, members[one.name], one.digits)).compared


async def _colleagues_answer(desk: Desk, ready: Ready) -> None:
    others = [one.user for one in (await desk.space(ready.space)).members if not one.is_me]
    await desk.send(ready.space, "Good morning.")
    await desk.add_evidence(ready.space, ready.practice, to=others, exhibit="T-9")
    async with asyncio.timeout(_PATIENCE):
        said: set[str] = set()
        while not {cast.REPLY, cast.RECEIVED} <= said:
            await asyncio.sleep(0.1)
            said = {one.text for one in await desk.messages(ready.space)}
        while not all(
            one.at for row in await desk.exhibits(ready.space) if row.mine for one in row.recipients
        ):
            await asyncio.sleep(0.1)


async def _closing_reaches_everybody(desk: Desk, ready: Ready) -> None:
    await desk.close_space(ready.space, "The training is over.")
    async with asyncio.timeout(_PATIENCE):
        while [one.state for one in await desk.spaces()] != [SpaceState.WIPED]:
            await asyncio.sleep(0.1)
        while not all(one.wiped_at for one in await desk.wipes(ready.space)):
            await asyncio.sleep(0.1)


def _below(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


async def test_a_killed_director_leaves_no_store_and_the_next_training_begins_clean(
    root: Path, house: House
) -> None:
    begun = asyncio.get_running_loop().create_task(house.begin(lambda _step: None))
    await _until((root / SESSION / PROFILES / TRAINEE / "vault").exists)
    left = root / SESSION / PROFILES / "left"
    left.touch()
    assert house._process is not None
    family = _below(psutil.Process(house._process.pid))
    assert len(family) > 1
    house._process.send_signal(signal.SIGKILL)
    with pytest.raises(ConfigurationError):
        await begun
    await _until(lambda: not any(_alive(one) for one in family))
    assert (root / SESSION / PROFILES / TRAINEE / "vault").exists()

    again, steps = House(), list[Step]()
    begun = asyncio.get_running_loop().create_task(again.begin(steps.append))
    await _until(lambda: bool(steps))

    assert not left.exists(), "what stood there when it began"
    await again.end()
    with contextlib.suppress(ConfigurationError):
        await begun
    assert not root.exists()


def _alive(one: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(one.is_running() and one.status() != psutil.STATUS_ZOMBIE)
    return False


async def test_what_a_killed_director_left_is_erased_by_the_window_that_learns_of_it(
    root: Path, house: House
) -> None:
    ready = await house.begin(lambda _step: None)
    assert house._process is not None
    family = _below(psutil.Process(house._process.pid))
    house._process.send_signal(signal.SIGKILL)

    async with asyncio.timeout(_PATIENCE):
        assert await house.lost() == ""
    await _until(lambda: not any(_alive(one) for one in family))
    assert (ready.profile / "vault").exists()
    gone = await house.end()

    assert gone is not None
    assert (gone.profiles, gone.left) == (len(cast.GUESTS), ())
    assert not root.exists()


async def test_when_the_window_dies_everything_is_erased(root: Path, house: House) -> None:
    """Its pipe breaks, and nothing else tells the director."""
    begun = asyncio.get_running_loop().create_task(house.begin(lambda _step: None))
    await _until((root / SESSION / "store").exists)
    process = house._process
    assert process is not None
    assert process.stdin is not None

    process.stdin.close()

    try:
        await _until(lambda: process.poll() is not None)
    finally:
        process.kill()
    with contextlib.suppress(ConfigurationError):
        await begun
    assert not root.exists()


async def test_two_trainings_do_not_share_a_folder(root: Path, house: House) -> None:
    begun = asyncio.get_running_loop().create_task(house.begin(lambda _step: None))
    await _until((root / SESSION).exists)
    second = House()

    with pytest.raises(ConfigurationError):
        await second.begin(lambda _step: None)

    await second.end()
    assert (root / SESSION).exists()
    await house.end()
    with contextlib.suppress(ConfigurationError):
        await begun
