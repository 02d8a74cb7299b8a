"""Every command and option, named once: the parser makes help, errors and completions from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

from jitclient.cli import facts, searching
from jitclient.views import Purpose
from protocol.errors import UsageError
from protocol.roles import Role

EXAMPLES = """\
examples:
  jitclient --profile ~/jit enrol jit-invite:l6pp…
  jitclient --profile ~/jit --passphrase-file pass.txt space list --json
  echo "Search starts at 06:00." | jitclient msg send 4fd3 -
  jitclient evidence add 4fd3 disk.img --to Moreau --exhibit E-17
"""


class Parser(argparse.ArgumentParser):
    """Reports usage errors as ours, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Say how the words are off."""
        raise UsageError(f"{message[0].upper()}{message[1:]}. See: {self.prog} --help")


def build() -> Parser:
    """The whole command line."""
    parser = Parser(
        prog="jitclient",
        description="Messages and evidence between the members of a joint investigation team. "
        "Without a command the window opens.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    _globals(parser, suppress=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _accounts(commands)
    _spaces(commands)
    _messages(commands)
    searching.words(_command(commands, "search", "find messages and exhibits by their words"))
    _evidence(commands)
    _templates(commands)
    _keys(commands)
    _devices(commands)
    return parser


def _globals(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
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
        "--json", action="store_true", default=default(False), help="print one JSON object"
    )
    parser.add_argument(
        "--quiet", action="store_true", default=default(False), help="say nothing but errors"
    )


def _command(commands: Any, name: str, help_: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=help_, allow_abbrev=False
    )
    _globals(parser, suppress=True)
    return parser


def _group(commands: Any, name: str, help_: str) -> Any:
    parser = commands.add_parser(name, help=help_, description=help_, allow_abbrev=False)
    _globals(parser, suppress=True)
    return parser.add_subparsers(dest="act", metavar="ACT", required=True)


def _accounts(commands: Any) -> None:
    enrol = _command(commands, "enrol", "enrol this device with an invitation")
    enrol.add_argument("invitation", help="the line that begins with jit-invite:")
    users = _group(commands, "user", "people of the store")
    _command(users, "list", "people of the store whom you may invite")
    verify = _command(commands, "verify", "show or compare the safety number with a member")
    verify.add_argument("space")
    verify.add_argument("user", nargs="?", help="a member; left out with --all")
    given = verify.add_mutually_exclusive_group()
    given.add_argument("--number", metavar="DIGITS", help="the 60 digits the other person reads")
    given.add_argument("--code", metavar="LINE", help="the line jit-verify: of the other's code")
    given.add_argument("--differ", action="store_true", help="the digits read aloud were not equal")
    given.add_argument("--all", action="store_true", help="the numbers with every member")
    check = _command(commands, "check-proof", "check the proof of a fork; needs no profile")
    check.add_argument("file", type=Path)
    sync = _command(commands, "sync", "one complete round of sending and receiving")
    sync.add_argument("--watch", action="store_true", help="keep going until interrupted")
    _command(commands, "status", "connection, queue, retention, alarms")
    log = _command(commands, "log", "custody events of a space")
    log.add_argument("space")
    _command(commands, "access-log", "what this device remembers of the store's access log")
    alarm = _group(commands, "alarm", "what was detected and refused")
    dismiss = _command(alarm, "dismiss", "an alarm was read and dealt with")
    dismiss.add_argument("alarm", type=int)


def _spaces(commands: Any) -> None:
    acts = _group(commands, "space", "spaces and their members")
    create = _command(acts, "create", "open a space for a JIT")
    create.add_argument("--agreement", required=True, metavar="REF", help="the signed agreement")
    create.add_argument("--signed-on", required=True, metavar="DATE", help="YYYY-MM-DD")
    create.add_argument("--title", required=True)
    create.add_argument(
        "--retention-days",
        type=int,
        default=0,
        metavar="N",
        help="wipe all local copies N days after opening (0: when the space closes)",
    )
    create.add_argument(
        "--verified-only",
        action="store_true",
        help="evidence goes to members only whose safety number was compared",
    )
    add = _command(acts, "add", "add a person")
    add.add_argument("space")
    add.add_argument("user")
    add.add_argument("--role", choices=[r.value for r in Role], help="default: by party")
    remove = _command(acts, "remove", "remove a member")
    remove.add_argument("space")
    remove.add_argument("user")
    _command(acts, "list", "all spaces of this profile")
    show = _command(acts, "show", "one space and its members")
    show.add_argument("space")
    _decisions(acts)
    close = _command(acts, "close", "close a space: every member's copies are wiped")
    close.add_argument("space")
    close.add_argument("--reason", required=True)
    renew = _command(acts, "renew", "let a member in again who lost all devices")
    renew.add_argument("space")
    renew.add_argument("user")
    wipes = _command(acts, "wipes", "wipe receipts of a closed space, by device")
    wipes.add_argument("space")


def _decisions(acts: Any) -> None:
    share = _command(acts, "share-history", "open earlier messages to a member")
    share.add_argument("space")
    share.add_argument("user")
    share.add_argument(
        "--since", type=int, default=0, metavar="N", help="first entry of the log (default: 0)"
    )
    policy = _command(acts, "policy", "decide to whom evidence may go")
    policy.add_argument("space")
    policy.add_argument("evidence_to", choices=["verified", "anybody"])
    named = _command(acts, "designate", "name the controller of what an outside member hands over")
    named.add_argument("space")
    named.add_argument("user")
    named.add_argument("--controller", required=True, metavar="USER", help="an administrator")
    named.add_argument("--reason", required=True, help="by what it was decided; members read it")
    proof = _command(acts, "fork-proof", "write the proof that two lists of members exist")
    proof.add_argument("space")
    proof.add_argument("out", type=Path)


def _messages(commands: Any) -> None:
    acts = _group(commands, "msg", "messages")
    send = _command(acts, "send", "send a message; it leaves when the store can be reached")
    send.add_argument("space")
    send.add_argument("text", help="the text, or - for standard input")
    listing = _command(acts, "list", "the conversation of a space, oldest first")
    listing.add_argument("space")
    listing.add_argument("--limit", type=int, default=1000, metavar="N")


def _evidence(commands: Any) -> None:
    acts = _group(commands, "evidence", "exhibits")
    add = _command(acts, "add", "hand over files and folders to members")
    add.add_argument("space")
    add.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    add.add_argument("--list", type=Path, metavar="CSV", help="files, numbers and facts by row")
    add.add_argument(
        "--preview", action="store_true", help="say what would be handed over, and do nothing"
    )
    add.add_argument("--to", nargs="+", required=True, action="extend", metavar="USER")
    add.add_argument("--exhibit", "--number", default="", metavar="N", help="exhibit number")
    add.add_argument(
        "--again", action="store_true", help="hand over what the space has already once more"
    )
    facts.options(add)
    listing = _command(acts, "list", "exhibits of a space")
    listing.add_argument("space")
    _evidence_here(acts)
    for act, help_ in (
        ("pause", "pause a transfer"),
        ("resume", "go on with a paused or failed transfer"),
        ("cancel", "cancel a transfer, or withdraw an own exhibit"),
    ):
        one = _command(acts, act, help_)
        one.add_argument("space")
        one.add_argument("exhibit_id", metavar="ID")


def _templates(commands: Any) -> None:
    acts = _group(commands, "template", "facts you state of many exhibits, kept on this device")
    _command(acts, "list", "all templates")
    save = _command(acts, "save", "keep the facts given that are of no case")
    save.add_argument("name")
    facts.stated(save)
    drop = _command(acts, "drop", "forget a template")
    drop.add_argument("name")


def _evidence_here(acts: Any) -> None:
    """What is done with an exhibit that is here."""
    show = _command(acts, "show", "everything known of one exhibit")
    show.add_argument("space")
    show.add_argument("exhibit_id", metavar="ID")
    get = _command(acts, "get", "write verified exhibits to a file or a folder")
    get.add_argument("space")
    get.add_argument("exhibit_ids", nargs="*", metavar="ID")
    get.add_argument("--folder", metavar="NAME", help="all that came in this folder, or below it")
    get.add_argument(
        "--out", required=True, type=Path, metavar="PATH", help="for several: a folder, made anew"
    )
    get.add_argument(
        "--for",
        dest="purpose",
        choices=[one.value for one in Purpose],
        default=Purpose.WORK.value,
        help="what for; an exhibit under H1 goes to no court without permission",
    )
    permit = _command(acts, "permit", "record that its originator permitted what a code forbids")
    permit.add_argument("space")
    permit.add_argument("exhibit_id", metavar="ID")
    permit.add_argument("--code", required=True, choices=["H1", "H2"])
    permit.add_argument("--by", required=True, metavar="WHO", help="who gave the permission")
    permit.add_argument("--reference", required=True, metavar="REF", help="where it is written")
    verify = _command(acts, "verify", "read an exhibit again and compare with its manifest")
    verify.add_argument("space")
    verify.add_argument("exhibit_id", metavar="ID")


def _keys(commands: Any) -> None:
    acts = _group(commands, "passphrase", "what opens this profile")
    change = _command(acts, "change", "let another passphrase open this profile")
    change.add_argument(
        "--new-passphrase-file", type=Path, metavar="FILE", help="read the new one from FILE"
    )
    acts = _group(commands, "recovery", "the recovery sheet")
    sheet = _command(acts, "sheet", "show the words that make you yourself again")
    sheet.add_argument("--out", type=Path, metavar="FILE", help="write it to a new file")
    words = _command(acts, "open", "open this profile with the words and set a new passphrase")
    words.add_argument("--words-file", type=Path, metavar="FILE", help="read the words from FILE")
    restore = _command(acts, "restore", "become yourself again in an empty profile")
    restore.add_argument("line", help="the line of the sheet that begins with jit-recover:")
    restore.add_argument("--words-file", type=Path, metavar="FILE", help="read the words from FILE")
    restore.add_argument(
        "--others-lost", action="store_true", help="shut out every other device of yours"
    )


def _devices(commands: Any) -> None:
    join = _command(commands, "link", "make this empty profile a further device of yours")
    join.add_argument("line", help="the line jit-link: that your other device shows")
    join.add_argument("--name", default="New device", help="what this device is called")
    join.add_argument("--yes", action="store_true", help="join whoever answers, without asking")
    acts = _group(commands, "device", "your own devices")
    listing = _command(acts, "list", "your devices, or those of a member")
    listing.add_argument("space", nargs="?")
    listing.add_argument("user", nargs="?")
    _command(acts, "link", "link a further device: shows a line, then asks for a code")
    name = _command(acts, "name", "call a device something else, here")
    name.add_argument("device")
    name.add_argument("name")
    revoke = _command(acts, "revoke", "shut a device out for good")
    revoke.add_argument("device")
    acts = _group(commands, "key", "members who came back with a new key")
    _command(acts, "list", "new keys that wait for your decision")
    replaced = _command(acts, "replace", "decide on a new key of somebody who is no member")
    replaced.add_argument("user")
    how = replaced.add_mutually_exclusive_group()
    how.add_argument("--number", metavar="DIGITS", help="the 60 digits the person reads out")
    how.add_argument("--unverified", action="store_true", help="take the key without comparing")
    accept = _command(acts, "accept", "write to a new key without comparing it")
    accept.add_argument("user")
