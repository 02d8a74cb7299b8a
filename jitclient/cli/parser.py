"""Every command and option, named once: the parser makes help, errors and completions from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jitclient.cli import evidenceparser, searching
from jitclient.cli.words import Parser, command, group, options, window
from protocol.roles import Role

EXAMPLES = """\
examples:
  jitclient --profile ~/jit enrol jit-invite:l6pp…
  jitclient --profile ~/jit --passphrase-file pass.txt space list --json
  echo "Search starts at 06:00." | jitclient msg send 4fd3 -
  jitclient evidence add 4fd3 disk.img --to Moreau --exhibit E-17 --template LKA \
      --case "7 Js 1/26" --title "Disk of server 3" --acquired-at 2026-11-02
"""


def build() -> Parser:
    """The whole command line."""
    parser = Parser(
        prog="jitclient",
        description="Messages and evidence between the members of a joint investigation team. "
        "Without a command the window opens, or comes to the front; with a link jit:… it asks "
        "whether to show what that names.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    window(parser)
    options(parser, suppress=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _accounts(commands)
    _spaces(commands)
    _messages(commands)
    searching.words(command(commands, "search", "find messages and exhibits by their words"))
    evidenceparser.evidence(commands)
    evidenceparser.templates(commands)
    _keys(commands)
    _devices(commands)
    command(commands, "training", "practise in a window with a made-up case; needs no profile")
    command(commands, "gallery", "show every widget of the window in every state; needs no profile")
    return parser


def _accounts(commands: Any) -> None:
    enrol = command(commands, "enrol", "enrol this device with an invitation")
    enrol.add_argument("invitation", help="the line that begins with jit-invite:")
    users = group(commands, "user", "people of the store")
    command(users, "list", "people of the store whom you may invite")
    verify = command(commands, "verify", "show or compare the safety number with a member")
    verify.add_argument("space")
    verify.add_argument("user", nargs="?", help="a member; left out with --all")
    given = verify.add_mutually_exclusive_group()
    given.add_argument("--number", metavar="DIGITS", help="the 60 digits the other person reads")
    given.add_argument("--code", metavar="LINE", help="the line jit-verify: of the other's code")
    given.add_argument("--differ", action="store_true", help="the digits read aloud were not equal")
    given.add_argument("--all", action="store_true", help="the numbers with every member")
    check = command(commands, "check-proof", "check the proof of a fork; needs no profile")
    check.add_argument("file", type=Path)
    sync = command(commands, "sync", "one complete round of sending and receiving")
    sync.add_argument("--watch", action="store_true", help="keep going until interrupted")
    doctor = command(commands, "doctor", "explain this machine and the way to the store, in words")
    doctor.add_argument("--store", metavar="HOST:PORT", help="look at the way to this store")
    doctor.add_argument("--fingerprint", metavar="HEX", help="what its certificate should be")
    command(commands, "status", "connection, queue, retention, alarms")
    log = command(commands, "log", "custody events of a space")
    log.add_argument("space")
    seen = command(commands, "access-log", "what this device remembers of the store's access log")
    seen.add_argument("--proof", type=Path, metavar="FILE", help="write what contradicts it")
    alarm = group(commands, "alarm", "what was detected and refused")
    dismiss = command(alarm, "dismiss", "an alarm was read and dealt with")
    dismiss.add_argument("alarm", type=int)


def _spaces(commands: Any) -> None:
    acts = group(commands, "space", "spaces and their members")
    create = command(acts, "create", "open a space for a JIT")
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
    add = command(acts, "add", "add a person")
    add.add_argument("space")
    add.add_argument("user")
    add.add_argument("--role", choices=[r.value for r in Role], help="default: by party")
    remove = command(acts, "remove", "remove a member")
    remove.add_argument("space")
    remove.add_argument("user")
    remove.add_argument("--reason", required=True, help="members read it, the store cannot")
    command(acts, "list", "all spaces of this profile")
    show = command(acts, "show", "one space and its members")
    show.add_argument("space")
    _decisions(acts)
    close = command(acts, "close", "close a space: every member's copies are wiped")
    close.add_argument("space")
    close.add_argument("--reason", required=True)
    renew = command(acts, "renew", "let a member in again who lost all devices")
    renew.add_argument("space")
    renew.add_argument("user")
    checked = command(acts, "check", "read everything kept of a space again and compare")
    checked.add_argument("space")
    wipes = command(acts, "wipes", "wipe receipts of a closed space, by device")
    wipes.add_argument("space")


def _decisions(acts: Any) -> None:
    share = command(acts, "share-history", "open earlier messages to a member")
    share.add_argument("space")
    share.add_argument("user")
    share.add_argument(
        "--since", type=int, default=0, metavar="N", help="first entry of the log (default: 0)"
    )
    policy = command(acts, "policy", "decide to whom evidence may go")
    policy.add_argument("space")
    policy.add_argument("evidence_to", choices=["verified", "anybody"])
    named = command(acts, "designate", "name the controller of what an outside member hands over")
    named.add_argument("space")
    named.add_argument("user")
    named.add_argument("--controller", required=True, metavar="USER", help="an administrator")
    named.add_argument("--reason", required=True, help="by what it was decided; members read it")
    proof = command(acts, "fork-proof", "write the proof that two lists of members exist")
    proof.add_argument("space")
    proof.add_argument("out", type=Path)


def _messages(commands: Any) -> None:
    acts = group(commands, "msg", "messages")
    send = command(acts, "send", "send a message; it leaves when the store can be reached")
    send.add_argument("space")
    send.add_argument("text", help="the text, or - for standard input")
    listing = command(acts, "list", "the conversation of a space, oldest first")
    listing.add_argument("space")
    listing.add_argument("--limit", type=int, default=1000, metavar="N")


def _keys(commands: Any) -> None:
    acts = group(commands, "passphrase", "what opens this profile")
    change = command(acts, "change", "let another passphrase open this profile")
    change.add_argument(
        "--new-passphrase-file", type=Path, metavar="FILE", help="read the new one from FILE"
    )
    acts = group(commands, "recovery", "the recovery sheet")
    sheet = command(acts, "sheet", "show the words that make you yourself again")
    sheet.add_argument("--out", type=Path, metavar="FILE", help="write it to a new file")
    words = command(acts, "open", "open this profile with the words and set a new passphrase")
    words.add_argument("--words-file", type=Path, metavar="FILE", help="read the words from FILE")
    restore = command(acts, "restore", "become yourself again in an empty profile")
    restore.add_argument("line", help="the line of the sheet that begins with jit-recover:")
    restore.add_argument("--words-file", type=Path, metavar="FILE", help="read the words from FILE")
    restore.add_argument(
        "--others-lost", action="store_true", help="shut out every other device of yours"
    )


def _devices(commands: Any) -> None:
    join = command(commands, "link", "make this empty profile a further device of yours")
    join.add_argument("line", help="the line jit-link: that your other device shows")
    join.add_argument("--name", default="New device", help="what this device is called")
    join.add_argument("--yes", action="store_true", help="join whoever answers, without asking")
    acts = group(commands, "device", "your own devices")
    listing = command(acts, "list", "your devices, or those of a member")
    listing.add_argument("space", nargs="?")
    listing.add_argument("user", nargs="?")
    command(acts, "link", "link a further device: shows a line, then asks for a code")
    name = command(acts, "name", "call a device something else, here")
    name.add_argument("device")
    name.add_argument("name")
    revoke = command(acts, "revoke", "shut a device out for good")
    revoke.add_argument("device")
    revoke.add_argument("--reason", required=True, help="members of your spaces read it")
    acts = group(commands, "key", "members who came back with a new key")
    command(acts, "list", "new keys that wait for your decision")
    replaced = command(acts, "replace", "decide on a new key of somebody who is no member")
    replaced.add_argument("user")
    how = replaced.add_mutually_exclusive_group()
    how.add_argument("--number", metavar="DIGITS", help="the 60 digits the person reads out")
    how.add_argument("--unverified", action="store_true", help="take the key without comparing")
    accept = command(acts, "accept", "write to a new key without comparing it")
    accept.add_argument("user")
