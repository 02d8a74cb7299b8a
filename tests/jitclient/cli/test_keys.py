"""Passphrase and recovery sheet at the command line, on a real profile without a store."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jitclient.__main__ import main
from tests.support.profiles import ANA, PASSPHRASE, cheap_guesses, make_profile

NEW = "five dry parasols"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with cheap_guesses():
        make_profile(tmp_path / "p")
        (tmp_path / "old").write_text(PASSPHRASE)
        (tmp_path / "new").write_text(NEW)
        yield tmp_path


def run(home: Path, *words: str, passphrase: str = "old") -> int:
    given = ["--profile", str(home / "p"), "--passphrase-file", str(home / passphrase), "--json"]
    return main([*given, *words])


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_passphrase_is_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "passphrase", "change", "--new-passphrase-file", str(home / "new")) == 0
    assert said(capsys)["changed"] is True

    assert run(home, "space", "list", passphrase="new") == 0
    capsys.readouterr()
    assert run(home, "space", "list") == 77
    assert said(capsys)["error"]["code"] == "wrong-passphrase"


def test_the_sheet_opens_the_profile_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "recovery", "sheet") == 0
    sheet = said(capsys)
    rows = [row for row in sheet["text"].splitlines() if row.strip()[:1].isdigit()]
    (home / "words").write_text("\n".join(rows))

    status = run(home, "recovery", "open", "--words-file", str(home / "words"), passphrase="new")

    assert status == 0, capsys.readouterr().err
    assert said(capsys)["user"] == ANA.user.hex()
    assert len(sheet["words"]) == 24
    assert sheet["line"].startswith("jit-recover:")
    assert all(word in sheet["text"] for word in sheet["words"])
    assert "cannot" in sheet["text"]
    assert run(home, "space", "list", passphrase="new") == 0


def test_wrong_words_are_told_with_their_place(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "recovery", "sheet") == 0
    words = said(capsys)["words"]
    words[2] = "umbrel"
    (home / "words").write_text(" ".join(words))

    status = run(home, "recovery", "open", "--words-file", str(home / "words"), passphrase="new")

    assert status == 65
    error = said(capsys)["error"]
    assert error["code"] == "recovery-words"
    assert "Word 3" in error["sentence"]


def test_the_sheet_goes_into_a_new_file_for_its_owner_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = home / "sheet.txt"

    assert run(home, "recovery", "sheet", "--out", str(out)) == 0
    assert "words" not in said(capsys)
    assert run(home, "recovery", "sheet", "--out", str(out)) == 73

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "RECOVERY SHEET" in out.read_text()
    assert max(len(row) for row in out.read_text().splitlines() if "jit-recover" not in row) <= 90
