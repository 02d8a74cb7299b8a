"""How commands and their options are added to the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

from protocol.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Reports usage errors as ours, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Say how the words are off."""
        raise UsageError(f"{message[0].upper()}{message[1:]}. See: {self.prog} --help")


def window(parser: argparse.ArgumentParser) -> None:
    """Options that stand without a command."""
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--lock", action="store_true", help="lock the window that is open")
    parser.add_argument(
        "--new-window", action="store_true", help="open one more window beside the one that is open"
    )
    parser.add_argument(
        "--safe-mode",
        action="store_true",
        help="open the window as if nothing of its look was remembered, and remember nothing",
    )


def options(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    """Options accepted before and after any command."""

    def default(value: object) -> Any:
        return argparse.SUPPRESS if suppress else value

    parser.add_argument(
        "--profile", type=Path, metavar="DIR", default=default(None), help="the profile folder"
    )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        default=default(None),
        help="read the passphrase from the first line of FILE",
    )
    parser.add_argument(
        "--proxy",
        metavar="PROXY",
        default=default(None),
        help="system, none or http://host:port; before JIT_PROXY and the settings",
    )
    parser.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        default=default(None),
        help="authorities one of which must have issued the store's certificate",
    )
    parser.add_argument(
        "--json", action="store_true", default=default(False), help="print one JSON object"
    )
    parser.add_argument(
        "--quiet", action="store_true", default=default(False), help="say nothing but errors"
    )


def command(commands: Any, name: str, help_: str) -> argparse.ArgumentParser:
    """One command, or one act of a group."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_, allow_abbrev=False
    )
    options(parser, suppress=True)
    return parser


def group(commands: Any, name: str, help_: str) -> Any:
    """A noun; the acts on it are added to what this returns."""
    parser = commands.add_parser(name, help=help_, description=help_, allow_abbrev=False)
    options(parser, suppress=True)
    return parser.add_subparsers(dest="act", metavar="ACT", required=True)
