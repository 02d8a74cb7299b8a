"""On a metered line large files wait, whatever stands before whom; small ones travel."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient import networking
from jitclient.grouping import LOOK_AHEAD
from jitclient.metering import KEY, Metering
from jitclient.queueing import SMALL_BYTES, Due
from localstore.evidence import Turn
from protocol.errors import ConfigurationError
from protocol.ids import FileId, SpaceId


def due(number: int, size: int) -> Due:
    key = (SpaceId(bytes(16)), FileId(bytes([number]) * 16))
    turn: Turn = (0, number, number)
    return Due(turn, key, size, leaves=True)


SMALL, LARGE = due(1, SMALL_BYTES), due(2, SMALL_BYTES + 1)


@pytest.mark.parametrize(
    ("setting", "system", "waits"),
    [
        ("auto", False, False), ("auto", True, True), ("yes", False, True),
        ("yes", True, True), ("no", False, False), ("no", True, False),
    ],
)  # fmt: skip
def test_the_person_says_or_leaves_it_to_the_system(
    tmp_path: Path, setting: str, system: bool, waits: bool
) -> None:
    networking.choose(tmp_path, KEY, setting)
    metering = Metering(tmp_path)
    metering.system = system

    assert metering.holds is waits
    assert metering.held((LARGE, SMALL)) == ({LARGE.key} if waits else set())
    assert (metering.ahead > LOOK_AHEAD) is waits


def test_a_setting_changed_meanwhile_is_taken_up(tmp_path: Path) -> None:
    metering = Metering(tmp_path)
    assert not metering.held((LARGE,))

    networking.choose(tmp_path, KEY, "yes")
    metering.refresh()

    assert metering.held((LARGE,)) == {LARGE.key}


def test_a_file_of_settings_that_cannot_be_meant_leaves_it_to_the_system(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('metered = "perhaps"\n')

    assert Metering(tmp_path).setting.value == "auto"
    with pytest.raises(ConfigurationError):
        networking.choose(tmp_path, KEY, "yes")
