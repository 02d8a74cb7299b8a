"""The passphrase comes from a file or a terminal, and from nowhere else."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jitclient.cli import passphrase
from protocol.errors import BadInputError, NoInputError, NoTerminalError


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed into a pipe\n"))
    monkeypatch.delenv("JIT_PASSPHRASE_FILE", raising=False)


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "pass"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data", [b"nine wet umbrellas", b"nine wet umbrellas\n", b"nine wet umbrellas\r\nand more"]
)
def test_the_first_line_of_the_file_counts(tmp_path: Path, data: bytes) -> None:
    assert passphrase.existing(_file(tmp_path, data)) == "nine wet umbrellas"
    assert passphrase.new_passphrase(_file(tmp_path, data)) == "nine wet umbrellas"


def test_spaces_belong_to_it(tmp_path: Path) -> None:
    assert passphrase.existing(_file(tmp_path, b"  two  \n")) == "  two  "


@pytest.mark.parametrize("data", [b"", b"\n", b"\nsecond", b"\xff\xfe"])
def test_a_file_without_one_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInputError):
        passphrase.existing(_file(tmp_path, data))


def test_a_missing_file_is_named_by_its_error(tmp_path: Path) -> None:
    with pytest.raises(NoInputError):
        passphrase.existing(tmp_path / "absent")


def test_the_environment_names_a_file_and_a_word_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIT_PASSPHRASE_FILE", str(_file(tmp_path, b"from the environment")))
    assert passphrase.existing(None) == "from the environment"
    other = tmp_path / "other"
    other.write_bytes(b"from the word")
    assert passphrase.existing(other) == "from the word"


def test_a_pipe_is_nobody_to_ask() -> None:
    with pytest.raises(NoTerminalError):
        passphrase.existing(None)


def test_a_new_one_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal())
    answers: Iterator[str] = iter(["one thing", "one thing", "one thing", "another"])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(answers))
    assert passphrase.new_passphrase(None) == "one thing"
    with pytest.raises(BadInputError):
        passphrase.new_passphrase(None)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
