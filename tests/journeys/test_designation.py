"""Designating a controller from the shell (R23.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import STATED, run
from tests.support.people_at_work import PASSPHRASE, PEOPLE
from tests.support.store import made_store

pytestmark = pytest.mark.slow

TOM = ("Tom Reed", "Department of Justice", "US", "third-country")


def test_a_controller_is_designated_from_the_shell(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    store.start()
    secret = tmp_path / "pass.txt"
    secret.write_text(PASSPHRASE + "\n")
    evidence = tmp_path / "e.bin"
    evidence.write_bytes(b"evidence" * 100)

    def common(who: str) -> tuple[str | Path, ...]:
        return "--profile", tmp_path / who, "--passphrase-file", secret, "--json"

    try:
        for who, person in (("ana", PEOPLE["ana"]), ("tom", TOM)):
            assert run("jitclient", *common(who), "enrol", store.invite(*person)).code == 0
        words = ("--agreement", "JIT 2026/91", "--signed-on", "2026-05-01", "--title", "Heron")
        space = run("jitclient", *common("ana"), "space", "create", *words).data["space"]
        assert run("jitclient", *common("ana"), "space", "add", space, "Tom Reed").code == 0
        assert run("jitclient", *common("tom"), "sync").code == 0
        offer = ("evidence", "add", space, evidence, "--to", "Ana Lima", *STATED)
        early = run("jitclient", *common("tom"), *offer)
        assert (early.code, early.error) == (77, "no-controller")

        act = ("space", "designate", space, "Tom Reed", "--controller")
        reason = ("--reason", "Clause 12.4")
        other = run("jitclient", *common("ana"), *act, "Tom Reed", *reason)
        assert (other.code, other.error) == (65, "controller-not-eligible")
        named = run("jitclient", *common("ana"), *act, "Ana Lima", *reason)

        assert named.code == 0
        assert set(named.data) >= {"space", "user", "controller"}
        assert run("jitclient", *common("tom"), "sync").code == 0
        rows = run("jitclient", *common("tom"), "space", "show", space).data["members"]
        (tom,) = [row for row in rows if row["name"] == "Tom Reed"]
        assert (tom["may_upload"], tom["controller"]) == (True, "Ana Lima")
        assert run("jitclient", *common("tom"), *offer).code == 0
        assert run("jitclient", *common("ana"), "sync").data["alarms"] == []
    finally:
        store.stop()
