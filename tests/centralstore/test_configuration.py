from __future__ import annotations

from pathlib import Path

import pytest

from centralstore import configuration, settings
from protocol.errors import ConfigurationError
from tests.support.store import StoreHandle, made_store, run_jitstore


@pytest.fixture
def made(tmp_path: Path) -> StoreHandle:
    return made_store(tmp_path)


def write(store: StoreHandle, text: str) -> None:
    (store.data_dir / configuration.FILE).write_text(text)


def test_the_environment_goes_before_the_file_and_the_file_before_the_defaults(
    made: StoreHandle,
) -> None:
    write(made, "drain_seconds = 20\nshutdown_delay_seconds = 3\n")

    read = configuration.read(made.data_dir, {"JITSTORE_DRAIN_SECONDS": "30", "HOME": "/root"})

    assert read.values.drain_seconds == 30
    assert read.values.shutdown_delay_seconds == 3
    assert read.values.admin_listen == "127.0.0.1:9464"
    assert read.sources == {
        "drain_seconds": "JITSTORE_DRAIN_SECONDS",
        "shutdown_delay_seconds": "file",
    }


def test_a_value_may_lie_in_a_file_of_its_own(made: StoreHandle, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("127.0.0.1:7000\n")

    read = configuration.read(made.data_dir, {"JITSTORE_ADMIN_LISTEN_FILE": str(secret)})

    assert read.values.admin_listen == "127.0.0.1:7000"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"JITSTORE_DRAIN_SECOND": "1"}, "“JITSTORE_DRAIN_SECONDS”"),
        ({"JITSTORE_DRAIN_SECONDS": "many"}, "“drain_seconds” in JITSTORE_DRAIN_SECONDS"),
        ({"JITSTORE_DRAIN_SECONDS": "-1"}, "“drain_seconds” in JITSTORE_DRAIN_SECONDS"),
        ({"JITSTORE_DRAIN_SECONDS_FILE": "/nowhere/at/all"}, "JITSTORE_DRAIN_SECONDS_FILE"),
        ({"JITSTORE_CONFIG": "/nowhere/at/all.toml"}, "/nowhere/at/all.toml"),
        ({"JITSTORE_LISTEN": "no port"}, "HOST:PORT"),
        ({"JITSTORE_ADMIN_LISTEN": "9464"}, "HOST:PORT"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    made: StoreHandle, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings.load(made.data_dir, environment)

    assert said in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drain_second = 1", "Did you mean “drain_seconds”?"),
        ("unheard_of = 1", "There is no key “unheard_of”"),
        ("drain_seconds = '20'", "“drain_seconds” in the configuration file"),
        ("drain_seconds = ", "not TOML"),
        ("x" * 70_000, "64 KiB"),
        ("\xff", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_is_refused_by_name(made: StoreHandle, text: str, said: str) -> None:
    (made.data_dir / configuration.FILE).write_bytes(text.encode("latin-1"))

    failed = run_jitstore("config", "check", "--data", str(made.data_dir), expect=78)

    assert isinstance(failed["error"], dict)
    assert said in failed["error"]["sentence"]


def test_a_value_that_cannot_be_is_not_repeated(made: StoreHandle) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings.load(made.data_dir, {"JITSTORE_DRAIN_SECONDS": "canary-7f3a"})

    assert "canary" not in refused.value.sentence


def test_two_ways_for_one_key_are_refused(made: StoreHandle, tmp_path: Path) -> None:
    (tmp_path / "v").write_text("1")
    both = {"JITSTORE_DRAIN_SECONDS": "1", "JITSTORE_DRAIN_SECONDS_FILE": str(tmp_path / "v")}

    with pytest.raises(ConfigurationError, match="twice"):
        settings.load(made.data_dir, both)


def test_check_and_dump_say_what_is_in_force(made: StoreHandle) -> None:
    data = str(made.data_dir)

    checked = run_jitstore("config", "check", "--data", data)
    dumped = run_jitstore("config", "dump", "--redacted", "--data", data)

    assert checked["configuration"] == "sound"
    assert isinstance(dumped["configuration"], dict)
    assert set(dumped["configuration"]) == set(configuration.KEYS)
    assert dumped["sources"] == {"admin_listen": "file"}


def test_what_dump_prints_is_a_configuration_file(
    made: StoreHandle, capsys: pytest.CaptureFixture[str]
) -> None:
    from centralstore.operator import commands

    assert commands.main(["config", "dump", "--data", str(made.data_dir)]) == 0

    found = configuration.read_file(capsys.readouterr().out.encode())
    assert found["admin_listen"] == "off"
    assert set(found) == set(configuration.KEYS)


def test_a_secret_is_shown_as_stars(made: StoreHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "SECRETS", frozenset({"listen"}))
    read = configuration.read(made.data_dir, {"JITSTORE_LISTEN": "canary:1"})

    assert read.shown(redacted=True)["listen"] == "***"
    assert read.shown(redacted=False)["listen"] == "canary:1"


def test_migrate_says_first_what_it_would_do(tmp_path: Path) -> None:
    made = made_store(tmp_path)
    data = str(made.data_dir)
    (made.data_dir / "store.db").unlink()

    dry = run_jitstore("migrate", "--dry-run", "--data", data)
    ran = run_jitstore("migrate", "--data", data)
    again = run_jitstore("migrate", "--data", data)

    assert dry["ran"] is False
    assert dry["from"] == ""
    assert dry["steps"] == ran["steps"] != []
    assert (again["from"], again["steps"]) == (ran["to"], [])
