"""`jitclient`: with a command, the program without a window; without one, the window.

Only the parser is loaded here: the window does not wait for what commands need, nor a command for
Qt.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Sequence

from jitclient.cli.parser import build
from jitclient.foundation.paths import default_profile
from protocol.errors import EXIT_USAGE, UsageError


def main(words: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    os.umask(0o077)
    given = sys.argv[1:] if words is None else list(words)
    try:
        args = build().parse_args(given)
    except UsageError as error:
        return _usage(error, as_json="--json" in given)
    if args.version:
        sys.stdout.write(f"jitclient {importlib.metadata.version('jitclient')}\n")
        return 0
    profile = args.profile or default_profile()
    if args.command is not None:
        from jitclient.cli.run import run  # noqa: PLC0415 - see above

        return run(args, profile)
    from ui.app import run as show  # noqa: PLC0415 - see above

    return show(profile)


def _usage(error: UsageError, *, as_json: bool) -> int:
    from jitclient.cli.output import Output  # noqa: PLC0415 - see above

    out = Output(as_json=as_json)
    out.error(error.sentence, error.reason)
    if as_json:
        out.result({"error": {"code": error.reason, "sentence": error.sentence}})
    return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main())
