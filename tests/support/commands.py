"""`jitclient` and `jitstore` as a shell starts them: processes, exit codes, one JSON object."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_SECONDS: Final = 120


@dataclass(frozen=True)
class Said:
    """What one command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        assert found["schema"] == "jit.cli/1", self.out
        return found

    @property
    def error(self) -> str:
        """The code of the error, as it stands in the object and on stderr."""
        code = str(self.data["error"]["code"])
        assert f"[{code}]" in self.err, self.err
        assert self.data["error"]["sentence"] in self.err
        return code


def run(
    program: str,
    *words: str | Path,
    given: str | None = None,
    limits: Callable[[], None] | None = None,
) -> Said:
    """Run `python -m program words`; `given` goes to stdin, `limits` runs in the child first."""
    done = subprocess.run(
        [sys.executable, "-m", program, *map(str, words)],
        input=given if given is not None else "",
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        preexec_fn=limits,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


class Shell:
    """One person's shell: a profile and a passphrase file."""

    def __init__(self, profile: Path, passphrase: Path) -> None:
        self.profile, self.passphrase = profile, passphrase

    def __call__(
        self,
        *words: str | Path,
        code: int = 0,
        given: str | None = None,
        limits: Callable[[], None] | None = None,
    ) -> Said:
        """Run one command with --json; it must end with `code`."""
        options = ("--profile", self.profile, "--passphrase-file", self.passphrase)
        said = run("jitclient", *options, *words, "--json", given=given, limits=limits)
        assert said.code == code, (words, said)
        return said

    def do(self, *words: str | Path, code: int = 0, given: str | None = None) -> dict[str, Any]:
        """The object that one command prints."""
        return self(*words, code=code, given=given).data
