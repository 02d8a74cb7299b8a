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
STATED: Final = (
    "--number", "E-1", "--title", "Disk", "--case", "1/26", "--acquired-at", "2026-11-02",
    "--authority", "PJ",
)  # fmt: skip
"""What `evidence add` asks for of every exhibit."""


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


class Launcher:
    """Starts `jitclient` processes from one that has loaded the program and derived the keys.

    Every command is still a process of its own that runs the program's `main` on its words; only
    loading modules and deriving the key of a vault are paid for once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )

    def run(self, profile: Path, passphrase: Path, words: list[str], given: str) -> Said:
        """Run one command to its end."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        files = [self._folder / name for name in ("stdin", "stdout", "stderr")]
        files[0].write_text(given)
        order = [str(profile), str(passphrase), words, [str(file) for file in files]]
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()
        code = int(answers.readline())
        out, err = files[1].read_text(), files[2].read_text()
        assert "Traceback" not in err, err
        return Said(code, out, err)

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=_SECONDS)


class Shell:
    """One person's shell: a profile and a passphrase file."""

    def __init__(self, profile: Path, passphrase: Path, launcher: Launcher | None = None) -> None:
        self.profile, self.passphrase, self._launcher = profile, passphrase, launcher

    def __call__(
        self,
        *words: str | Path,
        code: int = 0,
        given: str | None = None,
        limits: Callable[[], None] | None = None,
    ) -> Said:
        """Run one command with --json; it must end with `code`."""
        options = ("--profile", self.profile, "--passphrase-file", self.passphrase)
        every = [str(word) for word in (*options, *words, "--json")]
        if self._launcher is None or limits is not None:
            said = run("jitclient", *every, given=given, limits=limits)
        else:
            said = self._launcher.run(self.profile, self.passphrase, every, given or "")
        assert said.code == code, (words, said)
        return said

    def do(self, *words: str | Path, code: int = 0, given: str | None = None) -> dict[str, Any]:
        """The object that one command prints."""
        return self(*words, code=code, given=given).data


def _launch() -> None:
    import jitclient.__main__ as program
    import jitclient.cli.run  # noqa: F401 - loaded once, before the forks
    from jitclient import unlocking
    from localstore.profile import Profile
    from tests.support.people_at_work import remember_master_keys

    remember_master_keys()
    for line in sys.stdin:
        profile, passphrase, words, files = json.loads(line)
        if (Path(profile) / "vault").exists():
            with Profile(Path(profile)) as held:
                unlocking.master_key(held, Path(passphrase).read_text().splitlines()[0])
        child = os.fork()
        if child == 0:
            code = 70
            try:
                for number, name in enumerate(files):
                    flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                    os.dup2(os.open(name, flags, 0o600), number)
                code = program.main(words)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _launch()
