"""The window does not wait for what only commands need."""

from __future__ import annotations

import subprocess
import sys

import pytest

import jitclient.__main__ as program
from protocol.errors import UsageError

_HEAVY = "{'jitclient.desk', 'jitclient.cli.parser', 'httpx', 'sqlcipher3', 'nacl', 'asyncio'}"
_CODE = f"""
import sys
from jitclient.__main__ import _parsed
args = _parsed(["--profile", "x", "--quiet"])
assert args.command is None and str(args.profile) == "x" and args.quiet
print(sorted({_HEAVY} & set(sys.modules)))
"""


def test_words_that_open_the_window_load_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout.strip() == "[]"


def test_words_of_a_command_are_read_by_the_whole_parser() -> None:
    args = program._parsed(["--json", "msg", "send", "4fd3", "-", "--profile", "x"])

    assert (args.command, args.act, args.text, args.json) == ("msg", "send", "-", True)


@pytest.mark.parametrize("words", [["--vers"], ["--profile"], ["nothing"], ["--quiet", "-x"]])
def test_words_that_mean_nothing_are_told(words: list[str]) -> None:
    with pytest.raises(UsageError, match="jitclient --help"):
        program._parsed(words)
