"""Linking from the shell: two processes, a line and a code carried between them by the test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

import pytest

from tests.support.commands import Said, run
from tests.support.people_at_work import PASSPHRASE, PEOPLE
from tests.support.store import made_store

pytestmark = pytest.mark.slow

_ROOT: Final = Path(__file__).resolve().parents[2]
_LINE: Final = re.compile(r"jit-link:\S+")
_CODE: Final = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b")


def started(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "jitclient", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )


def read_until(stream: IO[str] | None, pattern: re.Pattern[str]) -> str:
    assert stream is not None
    for row in stream:
        if found := pattern.search(row):
            return found.group()
    raise AssertionError("the command ended without saying it")


def test_a_device_is_linked_listed_and_revoked_from_the_shell(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    store.start()
    secret = tmp_path / "pass.txt"
    secret.write_text(PASSPHRASE + "\n")
    old, new = tmp_path / "old", tmp_path / "new"

    def common(profile: Path) -> tuple[str | Path, ...]:
        return "--profile", profile, "--passphrase-file", secret, "--json"

    try:
        assert run("jitclient", *common(old), "enrol", store.invite(*PEOPLE["ana"])).code == 0
        there = started(*common(old), "device", "link")
        here = started(
            *common(new), "link", read_until(there.stderr, _LINE), "--name", "Laptop", "--yes"
        )
        code = read_until(here.stderr, _CODE)
        linked, _ = there.communicate("0000-0000-0000-0000\n" + code.lower() + "\n", timeout=180)
        joined, _ = here.communicate(timeout=180)

        assert (there.returncode, here.returncode) == (0, 0), linked + joined
        rows = run("jitclient", *common(old), "device", "list").data["devices"]
        assert [r["this"] for r in rows] == [True, False]
        assert (rows[1]["name"], rows[1]["revoked"]) == ("Laptop", False)
        assert rows[1]["last_seen"] is not None

        named = run("jitclient", *common(old), "device", "name", "Laptop", "Field kit").data
        assert named["devices"][1]["name"] == "Field kit"
        gone = run(
            "jitclient", *common(old), "device", "revoke", "Field kit", "--reason", "Lost"
        ).data["devices"]
        assert [r["revoked"] for r in gone] == [False, True]
        said = run("jitclient", *common(new), "sync")
        assert "device-revoked" in [a["code"] for a in said.data["alarms"]]
        assert run("jitclient", *common(old), "key", "list").data["changes"] == []
        assert run("jitclient", *common(old), "key", "accept", "anybody").error == "not-found"
    finally:
        store.stop()


def test_somebody_who_lost_all_and_is_no_member_is_added_after_a_decision_in_the_shell(
    tmp_path: Path,
) -> None:
    store = made_store(tmp_path)
    store.start()
    secret = tmp_path / "pass.txt"
    secret.write_text(PASSPHRASE + "\n")

    def ana(*words: str) -> Said:
        return run("jitclient", *common(tmp_path / "ana"), *words)

    def common(profile: Path) -> tuple[str | Path, ...]:
        return "--profile", profile, "--passphrase-file", secret, "--json"

    try:
        ana("enrol", store.invite(*PEOPLE["ana"]))
        bruno = run(
            "jitclient", *common(tmp_path / "old"), "enrol", store.invite(*PEOPLE["bruno"])
        ).data["user"]
        agreed = ("--agreement", "JIT 1", "--signed-on", "2026-05-01", "--title", "One")
        space = ana("space", "create", *agreed).data["space"]
        ana("space", "add", space, bruno)
        ana("space", "remove", space, bruno, "--reason", "Left")
        line = store.reinvite(bytes.fromhex(bruno))
        run("jitclient", *common(tmp_path / "new"), "enrol", line)

        assert ana("space", "add", space, bruno).error == "key-substituted"
        shown = ana("key", "replace", bruno).data
        assert (shown["taken"], shown["old_verified"]) == (False, False)
        assert shown["old_number"] != shown["new_number"]
        false = ana("key", "replace", bruno, "--number", shown["old_number"])
        assert (false.error, false.code) == ("not-verified", 76)
        assert ana("space", "add", space, bruno).error == "key-substituted"

        taken = ana("key", "replace", bruno, "--number", shown["new_number"]).data
        assert (taken["taken"], taken["verified"]) == (True, True)
        assert ana("space", "add", space, bruno).code == 0
        assert ana("key", "replace", bruno).error == "not-found"
        trust = ana("verify", space, bruno).data["verification"]
        assert trust == "verified"
    finally:
        store.stop()
