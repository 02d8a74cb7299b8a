"""`jitclient`: with a command, the program without a window; without one, the window.

The window does not wait for what commands need, the whole parser among it, nor a command for Qt.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jitclient.cli.words import Parser, options, window
from jitclient.foundation.paths import default_profile
from protocol.errors import BadInputError, ConfigurationError, JitError, UsageError


def main(words: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    os.umask(0o077)
    given = sys.argv[1:] if words is None else list(words)
    try:
        args = _parsed(given)
    except UsageError as error:
        return _usage(error, as_json="--json" in given)
    if args.version:
        sys.stdout.write(f"jitclient {importlib.metadata.version('jitclient')}\n")
        return 0
    if args.command == "gallery":
        from ui.gallery.app import run as exhibit  # noqa: PLC0415 - see above

        return exhibit()
    if args.command == "training":
        return _train(args)
    for name, flag in (("JIT_PROXY", args.proxy), ("JIT_CA_FILE", args.ca_file)):
        if flag is not None:  # so that it holds for this program's own further processes, too
            os.environ[name] = str(flag)
    profile = args.profile or default_profile()
    if args.command is not None:
        from jitclient.cli.run import run  # noqa: PLC0415 - see above

        return run(args, profile)
    return _window(args, profile)


def _train(args: argparse.Namespace) -> int:
    from jitclient.training.house import can_train  # noqa: PLC0415

    if not can_train():
        sentence = "This installation does not bring the store that a training needs."
        return _usage(ConfigurationError(sentence), as_json=args.json)
    from ui.training.window import main as train  # noqa: PLC0415 - see above

    return train()


def _window(args: argparse.Namespace, profile: Path) -> int:
    from jitclient.foundation.links import read_link  # noqa: PLC0415
    from ui.app import run as show  # noqa: PLC0415 - see above
    from ui.reaching.wishes import Act, Wish  # noqa: PLC0415

    if args.lock:
        return show(profile, wish=Wish(Act.LOCK))
    if args.safe_mode:
        return show(profile, safe=True)
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
    if args.new_window:
        return show(profile, wish=Wish(Act.WINDOW, token=token))
    if args.link is None:
        return show(profile)
    try:
        link = read_link(args.link)
    except BadInputError as error:
        return _usage(error, as_json=args.json)
    return show(profile, wish=Wish(Act.OPEN, link, token))


def _parsed(given: list[str]) -> argparse.Namespace:
    """The words of the person; those that only open the window by a parser that loads at once."""
    quick = Parser(prog="jitclient", add_help=False, allow_abbrev=False)
    window(quick)
    options(quick, suppress=False)
    quick.add_argument("link", nargs="?")
    quick.set_defaults(command=None)
    with contextlib.suppress(UsageError):  # the whole parser says it better
        args, more = quick.parse_known_args(given)
        if not more and (args.link is None or args.link.startswith("jit:")):
            return args
    from jitclient.cli.parser import build  # noqa: PLC0415 - see above

    args = build().parse_args(given)
    args.link = None
    return args


def _usage(error: JitError, *, as_json: bool) -> int:
    from jitclient.cli.output import Output  # noqa: PLC0415 - see above

    out = Output(as_json=as_json)
    out.error(error.sentence, error.reason)
    if as_json:
        out.result({"error": {"code": error.reason, "sentence": error.sentence}})
    return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
