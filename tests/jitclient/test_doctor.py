"""`doctor` finds what is wrong, says it, and tells nobody a secret."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jitclient.__main__ as program
from jitclient import doctor
from jitclient.doctor import State
from sync import network
from sync.probing import Probe, probe
from tests.architecture.tree import ROOT
from tests.support.store import StoreHandle, made_store
from tests.sync.proxy import proxying
from tests.sync.server import Reply, Request, identity, serving


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTPS_PROXY", "https_proxy", "JIT_PROXY", "JIT_CA_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield
    network.use(proxy=network.SYSTEM, authorities="")
    for name in ("JIT_PROXY", "JIT_CA_FILE"):
        os.environ.pop(name, None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreHandle]:
    handle = made_store(tmp_path)
    handle.start()
    yield handle
    handle.stop()


def _examined(
    capsys: pytest.CaptureFixture[str], *words: str | Path
) -> tuple[int, dict[str, dict[str, Any]]]:
    code = program.main([str(word) for word in (*words, "doctor", "--json")])
    found = json.loads(capsys.readouterr().out)
    return code, {one["id"]: one for one in found["findings"]}


def test_a_store_that_answers_is_good_from_name_to_clock(
    store: StoreHandle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--profile", tmp_path / "none", "doctor", "--store", store.address)
    code = program.main([*map(str, words), "--fingerprint", store.fingerprint, "--json"])
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)["findings"]}

    assert code == 0
    for name in ("name", "line", "certificate", "protocol", "clock"):
        assert found[name]["state"] == "good", found[name]


@pytest.mark.asyncio
async def test_an_inspecting_proxy_is_found_and_named() -> None:
    async def answer(_: Request) -> Reply:
        return Reply(body=b"<html>please sign in</html>")

    async with serving(answer, who=identity("Acme Inspection CA")) as inspector:
        with proxying(divert=inspector.address) as proxy:
            network.use(proxy=proxy.address, authorities="")
            seen = await asyncio.to_thread(probe, "store.example", 8443)

    found = {one.name: one for one in doctor.store("store.example:8443", seen, 0, bytes(32))}
    assert seen.issuer == "Acme Inspection CA"
    assert found["certificate"].state is State.BAD
    assert "Acme Inspection CA" in found["certificate"].words
    assert found["answer"].state is State.BAD
    assert proxy.address.removeprefix("http://") in found["line"].words
    assert "authorization" not in inspector.requests[0].headers


@pytest.mark.parametrize(
    ("seen", "name", "state", "said"),
    [
        (Probe(stopped="name", problem="unknown"), "name", State.BAD, "leads nowhere"),
        (Probe(stopped="line", problem="refused"), "line", State.BAD, "without a proxy: refused"),
        (Probe(time=1000, versions=(1,)), "clock", State.GOOD, "agree within 30 s"),
        (Probe(time=900, versions=(1,)), "clock", State.NOTED, "130 s ahead of the store's"),
        (Probe(time=5000, versions=(1,)), "clock", State.BAD, "behind"),
        (Probe(time=1000, versions=(9,)), "protocol", State.BAD, "version 9"),
    ],
)
def test_each_step_that_fails_is_said_in_words(
    seen: Probe, name: str, state: State, said: str
) -> None:
    found = {one.name: one for one in doctor.store("store.example:1", seen, 1030)}

    assert found[name].state is state
    assert said in found[name].words


def test_what_is_wrong_with_the_profile_and_the_settings_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir(mode=0o755)
    profile.chmod(0o755)
    (profile / "settings.toml").write_text("proxi = 1\n")

    code, found = _examined(capsys, "--profile", profile)

    assert code == 1
    assert found["settings"]["state"] == "bad"
    assert "proxi" in found["settings"]["sentence"]
    if os.name == "posix":
        assert found["profile"]["state"] == "bad"


def test_a_full_disk_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 5 * 1024 * 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda _place: usage)

    found = {one.name: one for one in doctor.machine(tmp_path, lambda: True)}

    assert found["space"].state is State.BAD
    assert "5 MiB" in found["space"].words


def test_the_password_of_a_proxy_is_told_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text('proxy = "http://ana:canary@proxy.example:1"\n')

    _, found = _examined(capsys, "--profile", tmp_path)

    assert "canary" not in json.dumps(found)
    assert found["proxy"]["sentence"].endswith("set by the profile.")


@pytest.mark.parametrize(
    "words", [["--store", "x"], ["--store", "x:0"], ["--store", "x:1", "--fingerprint", "ab"]]
)
def test_an_address_or_a_fingerprint_that_is_none_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network.use(proxy=network.NONE, authorities="")
    code = program.main(["--profile", str(tmp_path), "--proxy", "none", "doctor", *words])

    assert code == 65
    assert "store's address" in (said := capsys.readouterr().err) or "fingerprint" in said


def test_the_look_ends_where_nobody_answers() -> None:
    network.use(proxy=network.NONE, authorities="")

    seen = probe("127.0.0.1", 9)

    assert seen.stopped == "line"
    assert seen.problem


def test_looking_leaves_no_application_of_qt_behind() -> None:
    """Who comes next in this process would take it for the window's, and Qt ends the process."""
    look = (
        "from PySide6.QtCore import QCoreApplication\n"
        "from jitclient.cli.doctoring import _bus\n"
        "_bus()\n"
        "assert QCoreApplication.instance() is None\n"
    )
    subprocess.run([sys.executable, "-c", look], cwd=ROOT, timeout=120, check=True)
