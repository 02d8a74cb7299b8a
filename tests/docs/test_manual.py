"""The manual and the completions know every command and every option of the parsers."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.architecture.tree import ROOT

PROGRAMS: Final = ("jitclient", "jitstore")


def _make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manual", ROOT / "packaging/manual/make.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


MAKE: Final = _make()


def _words(parser: argparse.ArgumentParser, before: str) -> Iterator[tuple[str, str]]:
    """Every command with each option it takes."""
    for action in parser._actions:
        for option in action.option_strings:
            if action.help != argparse.SUPPRESS and option not in {"-h", "--help"}:
                yield before, option
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield f"{before} {name}", ""
                yield from _words(below, f"{before} {name}")


def _whole(word: str, text: str) -> bool:
    """Whether it stands there, and not only as the beginning of another."""
    return re.search(rf"{re.escape(word)}(?![\w-])", text) is not None


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_manual_has_every_command_and_every_option(program: str) -> None:
    page = MAKE.page(program, 0).replace("\\-", "-").replace("\\,", "").replace("\\/", "")
    plain = re.sub(r"\\f[BIRP]", "", page)
    wanted = set(_words(MAKE.parser_of(program), program))

    assert len(wanted) > 50
    missing = {word for pair in wanted for word in pair if word and not _whole(word, plain)}
    assert missing == set()


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_has_every_command_and_every_option(program: str, shell: str) -> None:
    text = MAKE.completion(program, shell)
    wanted = set(_words(MAKE.parser_of(program), program))
    names = {before.rsplit(" ", 1)[-1] for before, _ in wanted} | {o for _, o in wanted if o}
    known = set(re.findall(r"[\w-]+", text)) | {
        f"--{w}" for w in re.findall(r"-l '?([\w-]+)", text)
    }
    known |= {f"-{w}" for w in re.findall(r"-s '?(\w)\b", text)}

    assert sorted(names - known - {program}) == []


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_read_its_completion(program: str, shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: nobody read this completion here")
    file = tmp_path / "completion"
    file.write_text(MAKE.completion(program, shell), encoding="utf-8")

    done = subprocess.run([shell, "-n", file], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_an_act_an_option_and_a_choice(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed: nobody completed anything here")
    file = tmp_path / "completion"
    file.write_text(MAKE.completion("jitclient", "bash"), encoding="utf-8")

    def completed(*words: str) -> set[str]:
        script = (
            f"source {file}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
            '_shtab_jitclient jitclient "${COMP_WORDS[-1]}" ""; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    assert completed("jitclient", "evid") == {"evidence"}
    assert {"add", "get"} <= completed("jitclient", "evidence", "''")
    assert "--number-from" in completed("jitclient", "evidence", "add", "--number")
    assert "member" not in completed("jitclient", "evid")


def test_a_page_is_one_that_man_can_set() -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed: nobody set this page here")
    for program in PROGRAMS:
        done = subprocess.run(
            ["man", "--warnings=w", "-l", "-"],
            input=MAKE.page(program, 0).encode(),
            capture_output=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"},
        )

        assert done.returncode == 0, done.stderr
        assert b"warning: macro" not in done.stderr
        assert program.upper().encode() in done.stdout
        assert f"{program} - ".encode() in done.stdout
