"""The commands about exhibits and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jitclient.cli import facts, intaking, reviewing
from jitclient.cli.words import command, group
from jitclient.foundation import policy
from jitclient.views import Purpose


def evidence(commands: Any) -> None:
    """`evidence ACT`."""
    acts = group(commands, "evidence", "exhibits")
    add = command(acts, "add", "hand over files and folders to members")
    add.add_argument("space")
    add.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files, folders, or - for what comes in"
    )
    add.add_argument("--name", metavar="NAME", help="what the file from standard input is called")
    add.add_argument("--list", type=Path, metavar="CSV", help="files, numbers and facts by row")
    add.add_argument(
        "--preview", action="store_true", help="say what would be handed over, and do nothing"
    )
    add.add_argument("--to", nargs="+", required=True, action="extend", metavar="USER")
    numbers = add.add_mutually_exclusive_group()
    numbers.add_argument("--exhibit", "--number", default="", metavar="N", help="exhibit number")
    numbers.add_argument(
        "--number-from", default="", metavar="N", help="count on from this one, as E-17, E-18, ..."
    )
    add.add_argument(
        "--title-from-name",
        action="store_true",
        help="the title of a file is its name, where none is given",
    )
    add.add_argument(
        "--again", action="store_true", help="hand over what the space has already once more"
    )
    facts.options(add)
    listing = command(acts, "list", "exhibits of a space")
    listing.add_argument("space")
    listing.add_argument(
        "--tag", action="append", default=[], help="only with this tag; again: or that; none"
    )
    listing.add_argument("--review", action="append", default=[], help="only in this state")
    listing.add_argument("--filter", default="", help="words, tag:NAME and review:STATE")
    listing.add_argument("--view", metavar="NAME", help="the filter saved under this name")
    reviewing.words(acts)
    intaking.words(acts)
    _evidence_here(acts)
    _transfers(acts)


def _transfers(acts: Any) -> None:
    """What is done with transfers."""
    command(acts, "queue", "what travels and waits, in order")
    for act, help_ in (
        ("first", "let a transfer go before all others"),
        ("last", "let a transfer go after all others"),
    ):
        command(acts, act, help_).add_argument("exhibit_id", metavar="ID")
    for act, help_ in (
        ("pause", "pause a transfer, or all of them"),
        ("resume", "go on with a paused or failed transfer, or all that are paused"),
    ):
        one = command(acts, act, help_)
        one.add_argument("space", nargs="?")
        one.add_argument("exhibit_id", nargs="?", metavar="ID")
        one.add_argument("--all", action="store_true", help="in every space")
    cancel = command(acts, "cancel", "cancel a transfer, or withdraw an own exhibit")
    cancel.add_argument("space")
    cancel.add_argument("exhibit_id", metavar="ID")
    cancel.add_argument(
        "--reason", default="", help="needed once it was handed over; its recipients read it"
    )
    limit = command(acts, "limit", "bound the bytes per second; needs no passphrase")
    limit.add_argument("rate", nargs="?", metavar="RATE", help="as 2M or 500K, or off")
    limit.add_argument("--up", action="store_true", help="only what is handed over")
    limit.add_argument("--down", action="store_true", help="only what is taken over")

    metered = command(acts, "metered", "whether large files wait; needs no passphrase")
    metered.add_argument("value", nargs="?", choices=policy.VALUES["metered"])


def templates(commands: Any) -> None:
    """`template ACT`."""
    acts = group(commands, "template", "facts you state of many exhibits, kept on this device")
    command(acts, "list", "all templates")
    save = command(acts, "save", "keep the facts given that are of no case")
    save.add_argument("name")
    facts.stated(save)
    drop = command(acts, "drop", "forget a template")
    drop.add_argument("name")


def _evidence_here(acts: Any) -> None:
    """What is done with an exhibit that is here."""
    show = command(acts, "show", "everything known of one exhibit")
    show.add_argument("space")
    show.add_argument("exhibit_id", metavar="ID")
    get = command(acts, "get", "write verified exhibits to a file or a folder")
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
    permit = command(acts, "permit", "record that its originator permitted what a code forbids")
    permit.add_argument("space")
    permit.add_argument("exhibit_id", metavar="ID")
    permit.add_argument("--code", required=True, choices=["H1", "H2"])
    permit.add_argument("--by", required=True, metavar="WHO", help="who gave the permission")
    permit.add_argument("--reference", required=True, metavar="REF", help="where it is written")
    verify = command(acts, "verify", "read an exhibit again and compare with its manifest")
    verify.add_argument("space")
    verify.add_argument("exhibit_id", metavar="ID")
