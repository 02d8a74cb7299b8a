"""Flag over environment over profile over machine, and what the machine locks over all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient import networking
from jitclient.foundation.policy import DEFAULTS, KEYS, VALUES, Setting, read, settings
from protocol.errors import ConfigurationError
from sync import network

MACHINE = 'proxy = "http://machine:1"\nscreenshots = "protected"\n'
PROFILE = 'proxy = "http://profile:2"\n'


def _found(tmp_path: Path, machine: str, profile: str, **environment: str) -> dict[str, Setting]:
    (tmp_path / "policy.toml").write_text(machine)
    (tmp_path / "settings.toml").write_text(profile)
    return settings(tmp_path, machine=tmp_path / "policy.toml", environment=environment)


def test_each_place_wins_over_those_behind_it(tmp_path: Path) -> None:
    everywhere = _found(tmp_path, MACHINE, PROFILE, JIT_PROXY="none")
    two = _found(tmp_path, MACHINE, PROFILE)
    one = _found(tmp_path, MACHINE, "")
    nowhere = _found(tmp_path, "", "")

    assert everywhere["proxy"] == Setting("none", "environment")
    assert two["proxy"] == Setting("http://profile:2", "profile")
    assert one["proxy"] == Setting("http://machine:1", "policy")
    assert {key: one.value for key, one in nowhere.items()} == DEFAULTS
    assert two["screenshots"] == Setting("protected", "policy")


def test_what_the_machine_locks_wins_over_everything(tmp_path: Path) -> None:
    locked = MACHINE + 'locked = ["proxy"]\n'

    found = _found(tmp_path, locked, PROFILE, JIT_PROXY="none", JIT_SCREENSHOTS="allowed")

    assert found["proxy"] == Setting("http://machine:1", "policy", locked=True)
    assert found["screenshots"] == Setting("allowed", "environment")


def test_a_lock_without_a_value_locks_what_the_program_does_by_itself(tmp_path: Path) -> None:
    found = _found(tmp_path, 'locked = ["notifications"]\n', 'notifications = "off"\n')

    assert found["notifications"] == Setting("on", "policy", locked=True)


def test_a_profile_locks_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="locked"):
        _found(tmp_path, "", 'locked = ["proxy"]\n')


@pytest.mark.parametrize(
    "text",
    ['proxi = "none"', "proxy = 3", 'screenshots = "maybe"', "proxy", 'locked = "proxy"',
     'locked = ["proxi"]', 'proxy = "a\\u0000b"', "[proxy]", "a" * 70_000, '"\\xff"'],
)  # fmt: skip
def test_a_file_that_says_what_cannot_be_meant_is_refused_whole(text: str) -> None:
    with pytest.raises(ConfigurationError, match="policy"):
        read(text.encode("latin-1"), "policy.toml", may_lock=True)


@given(st.binary(max_size=300))
def test_any_bytes_are_settings_or_refused(data: bytes) -> None:
    try:
        found, locked = read(data, "it", may_lock=True)
    except ConfigurationError:
        return
    assert set(found) | locked <= set(KEYS)


def test_every_key_has_values_and_one_of_them_to_begin_with() -> None:
    assert set(KEYS) == set(VALUES) == set(DEFAULTS)
    assert [key for key in KEYS if VALUES[key] != ("*",) and DEFAULTS[key] not in VALUES[key]] == []


def test_settings_are_taken_into_use_or_refused_before_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIT_PROXY", "http://somewhere:3128")
    try:
        networking.apply(tmp_path)
        assert network.proxy_for("store.example", 443) == network.Proxy("somewhere", 3128)
        monkeypatch.setenv("JIT_CA_FILE", str(tmp_path / "missing.pem"))
        with pytest.raises(ConfigurationError, match="missing"):
            networking.apply(tmp_path)
        assert network.authorities() == ""
    finally:
        network.use(proxy=network.SYSTEM, authorities="")
