"""A folder goes from one to the other and comes back as it was; so does what has no file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import STATED, Launcher, Shell
from tests.support.people_at_work import PASSPHRASE, Team, at_work

pytestmark = pytest.mark.slow
SEVERAL = ("--number-from", "P-01", "--title-from-name", *STATED[4:])


async def _moved(template: Path, folder: Path) -> None:
    async with at_work(template, folder / "team", "ana") as team:
        await team.lock("ana")
        await asyncio.to_thread(_in_the_shell, team, folder)


def test_a_folder_is_handed_over_and_put_back_as_it_was(template: Path, tmp_path: Path) -> None:
    asyncio.run(_moved(template, tmp_path))


def _in_the_shell(team: Team, folder: Path) -> None:
    passphrase = folder / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\n")
    launcher = Launcher(folder)
    ana, bruno = (Shell(team.profile(who), passphrase, launcher) for who in ("ana", "bruno"))
    root = folder / "Phone"
    names = ("DCIM/1.jpg", "DCIM/2.jpg", "DCIM/a:b", "notes.txt")
    for number, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % number * 700)
    (root / "empty").mkdir()
    (root / "again.txt").write_bytes(b"0" * 700)
    (root / "link").symlink_to(folder)
    space = team.space.hex()
    try:
        done = ana("evidence", "add", space, root, "--to", "Bruno", *SEVERAL, code=4)
        paths = [one["facts"]["folder-path"] for one in done.data["exhibits"]]
        numbers = [(one["exhibit"], one["facts"]["title"]) for one in done.data["exhibits"]]
        assert numbers[:2] == [("P-01", "1"), ("P-02", "2")]
        assert numbers[-1] == ("P-05", "notes"), "again.txt, which did not go, had P-04"
        assert paths == ["Phone/DCIM/1.jpg", "Phone/DCIM/2.jpg", "Phone/DCIM/a:b",
                         "Phone/notes.txt"]  # fmt: skip
        refused = {Path(one["id"]).name: one["code"] for one in done.data["refused"]}
        assert refused == {"again.txt": "duplicate", "empty": "no-input", "link": "no-input"}
        bruno.do("sync")
        out = folder / "out"
        got = bruno.do("evidence", "get", space, "--folder", "Phone", "--out", out)
        assert len(got["written"]) == len(names)
        for name in names:
            written = out / "Phone" / name.replace(":", "%3A")
            assert written.read_bytes() == (root / name).read_bytes()
        twice = bruno("evidence", "get", space, "--folder", "Phone", "--out", out, code=73)
        assert twice.error == "cannot-create"
        pair = [one["id"] for one in done.data["exhibits"][:2]]
        some = bruno.do("evidence", "get", space, *pair, "--out", folder / "some")
        assert (folder / "some" / "Phone" / "DCIM" / "2.jpg").is_file()
        assert len(some["written"]) == 2
        assert bruno("evidence", "get", space, "--out", out, code=2).error == "usage"
        _from_standard_input(ana, bruno, space, folder)
        _detection(ana, bruno, space, folder)
        _in_the_queue(team, ana, space, folder)
    finally:
        launcher.close()


def _from_standard_input(ana: Shell, bruno: Shell, space: str, folder: Path) -> None:
    text = "what a pipe said\n" * 100_000
    to = ("--to", "Bruno", *STATED)
    assert ana("evidence", "add", space, "-", *to, code=2, given="x").error == "usage"
    added = ana.do("evidence", "add", space, "-", "--name", "dump.txt", *to, given=text)
    (row,) = added["exhibits"]
    assert (row["name"], row["state"], row["size"]) == ("dump.txt", "on-server", len(text))
    kept = ana.profile / "spaces" / space / "spool"
    assert list(kept.iterdir()) == [], "it was handed over: what was kept of it is gone"
    again = ana("evidence", "add", space, "-", "--name", "x.txt", *to, given=text, code=1)
    assert again.error == "duplicate"
    gone = ana("evidence", "verify", space, row["id"], code=1)
    assert "wiped" in gone.err
    bruno.do("sync")
    bruno.do("evidence", "get", space, row["id"], "--out", folder / "dump.txt")
    assert (folder / "dump.txt").read_text() == text


def _detection(ana: Shell, bruno: Shell, space: str, folder: Path) -> None:
    """A form is kept as a draft, goes with its image, and is read as text by who receives it."""
    image = folder / "scan.png"
    image.write_bytes(b"a scan")
    fields = ("--number", "C-7", "--post", "Port of Antwerp", "--control", "scan", "--found", "Ice")
    assert ana.do("evidence", "intake", space, *fields, "--keep")["form"]["post"] == fields[3]
    lacking = ana("evidence", "intake", space, "--draft", "--to", "Bruno", code=65)
    assert "national case number, detected at, officer, authority" in lacking.err
    rest = ("--case", "7/26", "--detected-at", "2026-11-02", "--officer", "Ana",
            "--authority", "PJ", "--image", image)  # fmt: skip
    assert ana("evidence", "intake", space, "--draft", *rest, code=2).error == "usage"
    shown = ana.do("evidence", "intake", space, "--draft", *rest, "--preview")["document"]
    went = ana.do("evidence", "intake", space, "--draft", *rest, "--to", "Bruno")
    assert [one["exhibit"] for one in went["exhibits"]] == ["C-7", "C-7.1"]
    assert ana("evidence", "intake", space, "--draft", "--preview", code=65).error == "bad-input"
    bruno.do("sync")
    bruno.do("evidence", "get", space, "C-7", "--out", folder / "form.txt")
    assert (folder / "form.txt").read_text() == shown


def _in_the_queue(team: Team, ana: Shell, space: str, folder: Path) -> None:
    """Ordered, paused and bounded while the store is away, carried when it is back."""
    assert ana.do("evidence", "queue")["transfers"] == []
    team.store.stop()
    for name in ("one", "two", "three"):
        (folder / name).write_bytes(name.encode() * 100)
        ana("evidence", "add", space, folder / name, "--to", "Bruno", *STATED, code=69)
    assert names(ana.do("evidence", "queue")) == ["one", "two", "three"]
    assert names(ana.do("evidence", "first", "three")) == ["three", "one", "two"]
    assert names(ana.do("evidence", "last", "one")) == ["three", "two", "one"]
    paused = ana.do("evidence", "pause", "--all")
    assert {one["state"] for one in paused["transfers"]} == {"paused"}
    assert ana("evidence", "pause", space, code=2).error == "usage"
    team.store.start()
    ana.do("sync")
    assert len(names(ana.do("evidence", "queue"))) == 3, "what is paused stays"
    held = ana.do("evidence", "limit", "1M", "--up")
    assert held["limits"] == {"up": 1 << 20, "down": None}
    resumed = ana.do("evidence", "resume", "--all")
    assert resumed["transfers"] == []
    assert resumed["limits"] == {"up": 1 << 20, "down": None}
    assert ana.do("evidence", "limit", "off")["limits"] == {"up": None, "down": None}
    assert ana("evidence", "limit", "fast", code=2).error == "usage"


def names(data: dict[str, Any]) -> list[str]:
    return [one["name"] for one in data["transfers"]]
