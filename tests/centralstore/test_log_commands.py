"""The operator's commands on the access log, and an attacker with the database's password."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from centralstore import settings
from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from tests.centralstore import logs
from tests.centralstore.client import Device
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.support.store import StoreHandle, made_store, run_jitstore

ASKED = ("--requester", "Ministério Público", "--reason", "Request 17/2026")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> StoreHandle:
    """A store at rest after a day's work in two spaces."""
    from tests.support.store import running_store

    with running_store(tmp_path_factory.mktemp("quiet")) as store:
        team, (al, bea) = team_of(store, "al", "bea")
        other, (eva, _) = team_of(store, "eva", "fil")
        Exhibit(team.space, al, (bea,), count=2).upload()
        Exhibit(other.space, eva, (), count=1)
        for _ in range(3):
            al.ask("POST", f"/v1/spaces/{team.space.hex()}/messages", message(team.space, al, bea))
        (store.data_dir / "space").write_text(team.space.hex())
        (store.data_dir / "seen").write_text(_note(al))
    return store


def _note(device: Device) -> str:
    head = logs.head(device)
    return checkpoint.sign(settings.load(device.store.data_dir).store_key(), head)


def copied(quiet: StoreHandle, tmp_path: Path) -> Path:
    """The store's folder, to be tampered with."""
    import shutil

    return Path(shutil.copytree(quiet.data_dir, tmp_path / "store"))


def export(data: Path, out: Path, *more: str, expect: int | None = 0) -> dict[str, object]:
    words = ("log", "export", "--data", str(data), "--out", str(out), *ASKED, *more)
    return run_jitstore(*words, expect=expect)


def verify(data: Path, out: Path, *more: str, expect: int | None = 0) -> dict[str, object]:
    key = settings.load(data).store_key().public.hex()
    return run_jitstore("log", "verify", str(out), "--store-key", key, *more, expect=expect)


def audit(data: Path, *more: str, expect: int | None = 0) -> dict[str, object]:
    return run_jitstore("log", "audit", "--data", str(data), *more, expect=expect)


def sentence(answer: dict[str, object]) -> str:
    error = answer["error"]
    assert isinstance(error, dict)
    assert error["code"] == "log-altered", error
    return str(error["sentence"])


def test_an_export_of_one_space_says_who_asked_and_why_and_holds_offline(
    quiet: StoreHandle, tmp_path: Path
) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"
    space = (data / "space").read_text()

    made = export(data, out, "--space", space, "--operator", "Olga Prim")
    found = verify(data, out)

    assert made["rows"] == found["rows"]
    assert (found["requester"], found["reason"]) == ASKED[1::2]
    assert (found["space"], found["exporter"]) == (space, "Olga Prim")
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    rows = lines[1:-1]
    assert {row["space"] for row in rows} == {space}
    assert [row["number"] for row in rows] == list(range(len(rows)))
    assert rows[-1]["operation"] == "message.post"
    assert (out.stat().st_mode & 0o777) == 0o600
    logs.place_in(data)
    last = logs.tamper(data, "SELECT operation, hex(space_id) FROM access_log ORDER BY id DESC")[0]
    assert last == ("log.export", space.upper())


def test_names_are_not_in_an_export(quiet: StoreHandle, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    export(copied(quiet, tmp_path), out)

    assert not re.search(r"\b(al|bea|eva|fil)\b", out.read_text())


def test_a_period_picks_rows_and_an_empty_one_is_said(quiet: StoreHandle, tmp_path: Path) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"

    refused = export(data, out, "--from", "2001-01-01", "--to", "2001-02-01", expect=3)

    assert "no row" in str(refused["error"])
    assert not out.exists()
    all_rows = logs.tamper(data, "SELECT at FROM access_log WHERE leaf >= 0 ORDER BY leaf")
    start, end = all_rows[2][0], all_rows[6][0]
    assert export(data, out, "--from", start, "--to", end)["rows"] == 4
    assert verify(data, out)["first"] == start


@pytest.mark.parametrize(
    "more",
    [("--from", "yesterday"), ("--space", "xyz"), ("--reason", " "), ("--requester", "a\u202eb")],
)
def test_bad_words_are_said_and_nothing_is_written(
    quiet: StoreHandle, tmp_path: Path, more: tuple[str, str]
) -> None:
    out = tmp_path / "rows.jsonl"

    export(quiet.data_dir, out, *more, expect=65)

    assert not out.exists()


def test_an_export_never_writes_over_a_file(quiet: StoreHandle, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    out.write_text("precious")

    export(quiet.data_dir, out, expect=73)

    assert out.read_text() == "precious"


def test_an_export_continues_what_somebody_has_seen(quiet: StoreHandle, tmp_path: Path) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"
    seen = str(data / "seen")

    export(data, out, "--seen", seen)

    assert verify(data, out, "--checkpoint", seen)["continues"]
    without = tmp_path / "without.jsonl"
    export(data, without)
    refused = verify(data, without, "--checkpoint", seen, expect=76)
    assert "--seen" in sentence(refused)


def test_an_export_altered_anywhere_is_refused(quiet: StoreHandle, tmp_path: Path) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"
    export(data, out, "--space", (data / "space").read_text())
    lines = out.read_text().splitlines(keepends=True)

    def altered(*changed: str) -> int:
        out.write_text("".join(changed))
        key = settings.load(data).store_key().public.hex()
        words = ("log", "verify", str(out), "--store-key", key)
        answer = run_jitstore(*words, expect=None)
        error = answer["error"]
        assert isinstance(error, dict)
        assert error["code"] in {"log-altered", "forged", "malformed"}, error
        return 1

    head, *rows, end = lines
    assert altered(head.replace("Request 17", "Request 18"), *rows, end)
    assert altered(head, *rows[:2], *rows[3:], end), "one left out"
    assert altered(head, *rows[1:], end), "the first left out"
    assert altered(head, *rows[:-1], end), "the last left out"
    assert altered(head, rows[1], rows[0], *rows[2:], end), "two exchanged"
    assert altered(head, rows[0], *rows, end), "one twice"
    assert altered(head, *[row.replace('"ok"', '"no"') for row in rows], end)
    assert altered(head, *rows), "cut"
    assert altered(head, *rows, end, "more"), "something behind it"
    assert altered(head, *rows, end.replace("A", "B", 1))


def test_only_the_stores_own_key_makes_an_export(quiet: StoreHandle, tmp_path: Path) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"
    other = made_store(tmp_path / "other")
    export(data, out)

    key = settings.load(other.data_dir).store_key().public.hex()
    refused = run_jitstore("log", "verify", str(out), "--store-key", key, expect=None)

    assert "another store" in str(refused["error"])


# --- who has the database's password -------------------------------------------------------------

_VICTIM = "SELECT id FROM access_log WHERE operation = 'file.complete'"
ATTACKS = {
    "edits a row": f"UPDATE access_log SET result = 'not-found' WHERE id = ({_VICTIM})",
    "deletes a row": f"DELETE FROM access_log WHERE id = ({_VICTIM})",
    "exchanges two": "UPDATE access_log SET leaf = 11 - leaf, number = number WHERE leaf IN (5, 6)",
    "puts another's name": f"UPDATE access_log SET user_id = x'{'ab' * 16}' WHERE id = ({_VICTIM})",
    "sets a clock back": f"UPDATE access_log SET at = '2020-01-01T00:00:00.000000+00:00'"
    f" WHERE id = ({_VICTIM})",
    "cuts the end": "DELETE FROM access_log WHERE leaf >= (SELECT size - 4 FROM log_head)",
    "says rows were forgotten": "DELETE FROM access_log WHERE leaf < 5",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_who_touches_a_row_is_found_by_the_audit(
    quiet: StoreHandle, tmp_path: Path, attack: str
) -> None:
    data = copied(quiet, tmp_path)
    audit(data)

    logs.tamper(data, ATTACKS[attack])
    if attack.startswith("says"):
        logs.tamper(data, "UPDATE log_head SET pruned = 5")

    assert sentence(audit(data, expect=76))


@pytest.mark.parametrize("attack", [a for a in ATTACKS if not a.startswith("says")])
def test_who_makes_all_hashes_anew_contradicts_what_was_signed_and_seen(
    quiet: StoreHandle, tmp_path: Path, attack: str
) -> None:
    data = copied(quiet, tmp_path)

    logs.rewrite(data, ATTACKS[attack])

    assert sentence(audit(data, "--checkpoint", str(data / "seen"), expect=76))
    found = sentence(audit(data, expect=76))
    assert "rewritten" in found or "cut" in found or "not what was logged" in found


def test_even_without_the_last_signed_head_a_remembered_one_tells(
    quiet: StoreHandle, tmp_path: Path
) -> None:
    """A deletion, every hash anew, no signature left in the database: only somebody's memory."""
    data = copied(quiet, tmp_path)
    seen = str(data / "seen")
    logs.rewrite(data, ATTACKS["deletes a row"])
    logs.tamper(data, "UPDATE log_head SET checkpoint = ''")
    assert audit(data)["sound"] is True

    assert "was cut" in sentence(audit(data, "--checkpoint", seen, expect=76))
    out = tmp_path / "rows.jsonl"
    export(data, out, "--seen", seen)
    assert "rewritten" in sentence(verify(data, out, "--checkpoint", seen, expect=76))


def test_a_row_inserted_into_the_table_is_found(quiet: StoreHandle, tmp_path: Path) -> None:
    data = copied(quiet, tmp_path)
    insert = (
        "INSERT INTO access_log (at, user_id, device_id, operation, space_id, object_id, result,"
        " seal) SELECT at, user_id, device_id, 'file.read', space_id, object_id, result, seal"
        f" FROM access_log WHERE id = ({_VICTIM})"
    )
    logs.tamper(data, insert)
    out = tmp_path / "rows.jsonl"

    export(data, out)

    assert "file.read" not in out.read_text()
    assert "somebody else" in sentence(audit(data, expect=76))


def test_an_edited_row_is_not_exported_as_if_nothing_was(
    quiet: StoreHandle, tmp_path: Path
) -> None:
    data, out = copied(quiet, tmp_path), tmp_path / "rows.jsonl"
    logs.tamper(data, ATTACKS["edits a row"])

    refused = export(data, out, expect=76)

    assert "file.complete" in sentence(refused)
    assert not out.exists()


def test_a_hash_of_the_tree_that_was_changed_is_found(quiet: StoreHandle, tmp_path: Path) -> None:
    data = copied(quiet, tmp_path)
    logs.tamper(data, "UPDATE log_tile SET hashes = zeroblob(length(hashes))")

    assert sentence(audit(data, expect=76))


def test_a_log_without_its_head_is_found(quiet: StoreHandle, tmp_path: Path) -> None:
    data = copied(quiet, tmp_path)
    logs.tamper(data, "UPDATE log_head SET checkpoint = 'nonsense'")

    assert "no such thing" in sentence(audit(data, expect=76))


def test_nothing_ever_signed_is_a_checkpoint_of_another_log(
    quiet: StoreHandle, tmp_path: Path
) -> None:
    other = made_store(tmp_path / "other")
    key = settings.load(other.data_dir).store_key()
    note = tmp_path / "note"
    note.write_text(checkpoint.sign(key, Checkpoint(1, bytes(32))))

    refused = audit(quiet.data_dir, "--checkpoint", str(note), expect=None)

    assert "another store" in str(refused["error"])
