"""What the bundle runs: the program, or one of its own further processes (`-m MODULE`)."""

from __future__ import annotations

import importlib
import os
import sys

from jitclient.foundation.programs import PROCESSES


def _leave_no_library_path() -> None:
    """Programs of the system that are started from here load the system's libraries, not ours."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        os.environ.pop("LD_LIBRARY_PATH", None)
    else:
        os.environ["LD_LIBRARY_PATH"] = before


def main() -> int:
    """Entry point; returns the exit status."""
    _leave_no_library_path()
    words = sys.argv[1:]
    if words[:1] == ["-m"]:
        if len(words) != 2 or words[1] not in PROCESSES:
            sys.stderr.write("jitclient: not one of this program's processes.\n")
            return 2
        return int(importlib.import_module(words[1]).main())
    from jitclient.__main__ import main as program  # noqa: PLC0415 - not for the other processes

    return program(words)


if __name__ == "__main__":
    sys.exit(main())
