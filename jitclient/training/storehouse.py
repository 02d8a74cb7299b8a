"""A store of its own as a process that ends with whoever started it.

It reads the commands of `jitstore` from its first line of standard input, carries them out in
order, and ends when standard input does: a starter that was killed leaves no store behind.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import signal
import sys
import threading

from jitclient.training.lines import ASKED, SAID, STATUS, read, written

_PROGRAM = "centralstore.operator.commands"  # by name: the client's bundle may come without it


def main() -> int:
    """Entry point; the status of the first command that failed, or of the last."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the starter; it says when to end
    store = importlib.import_module(_PROGRAM)
    *first, last = [[str(word) for word in words] for words in read(sys.stdin.readline())[ASKED]]
    for words in first:
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            status = int(store.main(words))
        _say(written(**{STATUS: status, SAID: heard.getvalue()}))
        if status:
            return status
    threading.Thread(target=_end_with_starter, daemon=True).start()
    return int(store.main(last))


def _say(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _end_with_starter() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
