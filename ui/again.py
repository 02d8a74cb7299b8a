"""The program begins anew in the same process: what it knew before is gone from its memory.

Python and Qt copy what they handle, and nothing can find all copies of a key or of a text to wipe
them. Replacing the process image gives every page back to the system at once; the new program has
no history. Spec: docs/protocol/80-vault.md §80.7.
"""

from __future__ import annotations

import contextlib
import os
import sys


def begin_anew() -> None:
    """Run this program again with the words it was started with; returns only when it cannot.

    A link among them was asked about once, and is not again.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [word for word in sys.orig_argv[1:] if not word.startswith("jit:")]
    with contextlib.suppress(OSError):
        os.execv(sys.executable, [sys.executable, *kept])  # noqa: S606 - ourselves
