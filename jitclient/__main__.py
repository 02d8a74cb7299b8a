"""`jitclient`: with a command, the program without a window; without one, the window."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Sequence

from jitclient.cli.run import parse, run, usage
from jitclient.foundation.paths import default_profile
from protocol.errors import UsageError


def main(words: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    os.umask(0o077)
    try:
        args = parse(sys.argv[1:] if words is None else words)
    except UsageError as error:
        return usage(error)
    if args.version:
        sys.stdout.write(f"jitclient {importlib.metadata.version('jitclient')}\n")
        return 0
    profile = args.profile or default_profile()
    if args.command is not None:
        return run(args, profile)
    from ui.app import run as show  # noqa: PLC0415 - Qt is loaded for the window only

    return show(profile)


if __name__ == "__main__":
    sys.exit(main())
