"""`jitstore init | serve | user invite | user reinvite | user list`.

Data on stdout, talk on stderr; `--json` after any command prints one object; exit codes are those
of protocol.errors. Spec: docs/protocol/70-store.md §11.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from centralstore import directory, places, schema, server, settings
from centralstore.database import Transaction
from centralstore.operator import acts, backups, certificates, house, insight, keeping, logs
from centralstore.operator import people as people_acts
from protocol import invitation
from protocol.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, JitError, UsageError
from protocol.ids import UserId, parse_id
from protocol.records import VERSION
from protocol.roles import Party

SCHEMA: Final = "jit.cli/1"
Printed = dict[str, Any]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.capitalize()}. Try: {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    try:
        given = _parser().parse_args([word for word in words if word != "--json"])
        _check_user(getattr(given, "data", None))
        run: Callable[[argparse.Namespace, bool], Printed | None] = given.run
        printed = run(given, as_json)
        if printed is not None:
            _show(printed, as_json)
    except SystemExit as leaving:  # --help
        return leaving.code if isinstance(leaving.code, int) else EXIT_USAGE
    except JitError as error:
        return _fail(error.sentence, error.reason, error.exit_status, as_json)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where a bug can be told instead of dumped
        sentence = f"The store's program failed ({type(error).__name__}). This is our fault."
        return _fail(sentence, "internal", EXIT_INTERNAL, as_json)
    return 0


def _check_user(data: Path | None) -> None:
    """What root writes into a store of somebody else's, that store could not read.

    Raises:
        UsageError: root, and the folder is another user's.
    """
    if os.geteuid() != 0 or data is None or not data.is_dir():
        return
    owner = data.stat().st_uid
    if owner != 0:
        who = _user_name(owner)
        raise UsageError(
            f"This store belongs to {who}, who could not read what root writes into it. "
            f"Try: sudo -u {shlex.quote(who)} jitstore …"
        )


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"  # as sudo has it


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="jitstore",
        description="The store of JIT collaboration: keeps sealed parts for at most four weeks.",
        epilog="Every command takes --json. Example: jitstore init --data /srv/jit",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    make = commands.add_parser("init", help="make a store in an empty folder")
    make.add_argument("--listen", default=settings.DEFAULT_LISTEN, metavar="HOST:PORT")
    make.add_argument("--admin-listen", metavar="HOST:PORT", help="the admin port, or off")
    make.add_argument("--database", metavar="URL", help="postgresql://USER@HOST/NAME, shared")
    make.add_argument("--blobs", metavar="URL", help="s3://BUCKET/FOLDER?endpoint=URL, shared")
    make.set_defaults(run=_init)
    run = commands.add_parser("serve", help="serve until SIGTERM")
    run.set_defaults(run=_serve)
    people = commands.add_parser("user", help="invite and list people")
    verbs = people.add_subparsers(required=True, metavar="VERB")
    invite = verbs.add_parser("invite", help="print an invitation for one person")
    invite.add_argument("--name", required=True)
    invite.add_argument("--authority", required=True)
    invite.add_argument("--country", required=True, metavar="CC")
    invite.add_argument("--party", required=True, choices=[party.value for party in Party])
    invite.set_defaults(run=_invite)
    again = verbs.add_parser("reinvite", help="print an invitation for one who lost all devices")
    again.add_argument("user", metavar="USER-ID")
    again.set_defaults(run=_reinvite)
    everyone = verbs.add_parser("list", help="list invited and enrolled people")
    everyone.set_defaults(run=_list)
    mine = (make, run, invite, again, everyone, *people_acts.add(commands, verbs))
    others = (house, backups, certificates, insight, keeping, logs)
    for one in (*mine, *(parser for room in others for parser in room.add(commands))):
        one.add_argument("--operator", metavar="NAME", help="who you are, for the access log")
        known = os.environ.get("JITSTORE_DATA")
        one.add_argument("--data", required=not known, default=known, type=Path, metavar="DIR")
    return parser


def _init(given: argparse.Namespace, _as_json: bool) -> Printed:
    configured = {
        "admin_listen": given.admin_listen,
        "database_url": given.database,
        "blob_url": given.blobs,
    }
    settings.create(given.data, given.listen, time.time(), **configured)
    try:
        store = settings.load(given.data)
        engine = places.engine(store)
        schema.migrate(engine)
        engine.dispose()
    except JitError:
        shutil.rmtree(given.data)  # it was empty, or not there
        raise
    if not places.is_shared(store):
        store.database.chmod(0o600)
    return {
        "address": store.address,
        "fingerprint": store.fingerprint().hex(),
        "store_key": store.store_key().public.hex(),
    }


def _serve(given: argparse.Namespace, as_json: bool) -> None:
    store = settings.load(given.data)

    def ready() -> None:
        facts = {"address": store.address, "fingerprint": store.fingerprint().hex()}
        if as_json:
            _show(facts, as_json)
            return
        line = f"jitstore ready https://{store.address} sha256:{facts['fingerprint']}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    server.serve(store, clock=time.time, ready=ready)


def _invite(given: argparse.Namespace, as_json: bool) -> Printed:
    store = settings.load(given.data)

    def work(tx: Transaction) -> directory.Invited:
        return directory.invite(
            tx,
            name=given.name,
            authority=given.authority,
            country=given.country,
            party=Party(given.party),
        )

    return _printed(store, acts.once(given, "account.invite", work), as_json)


def _reinvite(given: argparse.Namespace, as_json: bool) -> Printed:
    store, user = settings.load(given.data), UserId(parse_id(given.user))
    made = acts.once(given, "account.reinvite", lambda tx: directory.reinvite(tx, user))
    return _printed(store, made, as_json)


def _printed(store: settings.Store, made: directory.Invited, as_json: bool) -> Printed:
    text = invitation.to_text(
        invitation.Invitation(
            version=VERSION,
            address=store.address,
            certificate=store.fingerprint(),
            store_key=store.store_key().public,
            user=made.user,
            code=made.code,
        )
    )
    if as_json:
        return {"invitation": text, "user": made.user.hex()}
    return {"invitation": text}


def _list(given: argparse.Namespace, _as_json: bool) -> Printed:
    return {"users": acts.once(given, "account.list", directory.roll)}


def _show(printed: Printed, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode({"schema": SCHEMA, **printed}).decode() + "\n")
    elif "users" in printed:
        for user in printed["users"]:
            state = "enrolled" if user["enrolled"] else "invited"
            state = "re-invited" if user["reinvited"] else state
            words = (user["id"], state, user["party"], user["country"], user["authority"])
            sys.stdout.write("\t".join((*words, user["name"])) + "\n")
    elif "lines" in printed:
        sys.stdout.writelines(f"{line}\n" for line in printed["lines"])
    elif "invitation" in printed:
        sys.stdout.write(printed["invitation"] + "\n")
    else:
        for name, value in printed.items():
            sys.stdout.write(f"{name.replace('_', ' ')}: {value}\n")
    sys.stdout.flush()


def _fail(sentence: str, code: str, status: int, as_json: bool) -> int:
    if as_json:
        failure = {"schema": SCHEMA, "error": {"code": code, "sentence": sentence}}
        sys.stdout.write(msgspec.json.encode(failure).decode() + "\n")
    sys.stderr.write(f"jitstore: {sentence}\n")
    return status
