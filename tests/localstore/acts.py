"""Acts to be killed in the middle: how to prepare, do and judge each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from centralstore.blobs import Folder
from crypto.entropy import SYSTEM
from jitclient import vaults
from localstore import chunks, connection, devices, spaces, wipe
from localstore.connection import open_database, transaction
from localstore.profile import Profile
from protocol.errors import WrongPassphraseError
from tests.localstore.samples import KEY, SPACE, send, sends_that_happened, space_record
from tests.support.keyrings import installed
from tests.support.profiles import cheap_guesses

Acknowledge = Callable[[], None]
FILE: Final = bytes([7]) * 16
PART: Final = bytes(range(256)) * 64
ROUNDS: Final = 2


def _nothing(place: Path) -> None:
    place.mkdir()


# --- sending: one transaction over eight tables -------------------------------------------------


def prepare_send(place: Path) -> None:
    with Profile(place) as profile:
        open_database(profile.space_database(SPACE), KEY, migrations="space").close()


def run_send(place: Path, acknowledge: Acknowledge) -> None:
    with Profile(place) as profile:
        sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
        for number in range(1, ROUNDS + 1):
            send(sp, number)
            acknowledge()
        sp.close()


def judge_send(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile:
        sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
        with transaction(sp):
            stored, problems = sends_that_happened(sp)
        if stored < acknowledged:
            problems.append(f"{acknowledged} acknowledged, {stored} there")
        connection.check(sp)
        sp.close()
    return problems


# --- the first opening of a database ------------------------------------------------------------


def run_create(place: Path, acknowledge: Acknowledge) -> None:
    with Profile(place) as profile:
        db = open_database(profile.device_database, KEY, migrations="device")
        devices.set_setting(db, "kept", "yes")
        acknowledge()
        db.close()


def judge_create(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile:
        db = open_database(profile.device_database, KEY, migrations="device")
        kept = devices.setting(db, "kept")
        connection.check(db)
        db.close()
        left = [p.name for p in place.iterdir() if ".new" in p.name]
    problems = ["the setting is gone"] if acknowledged and kept != "yes" else []
    return problems + [f"{name} was left behind" for name in left]


# --- migrating an older database ----------------------------------------------------------------


def _older_and_newer(place: Path) -> tuple[Path, Path]:
    return place / "older", place / "newer"


def prepare_migrate(place: Path) -> None:
    older, newer = _older_and_newer(place)
    older.mkdir(parents=True)
    newer.mkdir()
    first = "CREATE TABLE thing (name TEXT);\n"
    (older / "0001_first.sql").write_text(first)
    (newer / "0001_first.sql").write_text(first)
    (newer / "0002_more.sql").write_text(
        "ALTER TABLE thing ADD COLUMN size INTEGER;\nUPDATE thing SET size = length(name);\n"
    )
    db = open_database(place / "some.db", KEY, migrations=older)
    db.execute("INSERT INTO thing VALUES ('exhibit')")
    db.close()


def run_migrate(place: Path, acknowledge: Acknowledge) -> None:
    db = open_database(place / "some.db", KEY, migrations=_older_and_newer(place)[1])
    acknowledge()
    db.close()


def judge_migrate(place: Path, acknowledged: int) -> list[str]:
    db = open_database(place / "some.db", KEY, migrations=_older_and_newer(place)[1])
    rows = db.execute("SELECT name, size FROM thing").fetchall()
    connection.check(db)
    db.close()
    return [] if rows == [("exhibit", 7)] else [f"found {rows}"]


# --- replacing the vault ------------------------------------------------------------------------


def prepare_vault(place: Path) -> None:
    with Profile(place) as profile:
        profile.save_vault(b"old" * 100)


def run_vault(place: Path, acknowledge: Acknowledge) -> None:
    with Profile(place) as profile:
        profile.save_vault(b"new" * 100)
        acknowledge()


def judge_vault(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile:
        found = profile.load_vault()
    allowed = [b"new" * 100] if acknowledged else [b"new" * 100, b"old" * 100]
    return [] if found in allowed else ["the vault is neither the old nor the new one"]


# --- receiving parts ----------------------------------------------------------------------------


def run_parts(place: Path, acknowledge: Acknowledge) -> None:
    with Profile(place) as profile:
        sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
        chunks.make_parts_folder(profile, SPACE, FILE)
        for index in range(ROUNDS):
            chunks.save_part(chunks.part_path(profile, SPACE, FILE, index), PART)
            chunks.mark_have(sp, FILE, index, bytes(32))
            acknowledge()
        sp.close()


def judge_parts(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile:
        sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
        have = chunks.have(sp, FILE)
        sp.close()
        whole = {
            i
            for i in range(ROUNDS)
            if chunks.load_part(chunks.part_path(profile, SPACE, FILE, i)) == PART
        }
    problems = [] if len(have) >= acknowledged else ["an acknowledged part is gone"]
    return problems + [f"part {i} is journalled but not whole" for i in have - whole]


# --- parts at the store ------------------------------------------------------------------------


def prepare_stored(place: Path) -> None:
    place.mkdir()
    (place / "parts").mkdir()


def run_stored(place: Path, acknowledge: Acknowledge) -> None:
    folder = Folder(place / "parts")
    for index in range(ROUNDS):
        folder.write(_stored_key(index), [PART])
        acknowledge()


def _stored_key(index: int) -> str:
    return f"{'7' * 32}/{index}-aa"


def judge_stored(place: Path, acknowledged: int) -> list[str]:
    """What was cut off stands under a key that nobody was told of, and goes with its file."""
    paths = [place / "parts" / _stored_key(index) for index in range(acknowledged)]
    if not all(path.exists() for path in paths):
        return ["an acknowledged part is gone"]
    return ["an acknowledged part is not whole" for path in paths if path.read_bytes() != PART]


# --- another passphrase: keyring, then the vault, then the keyring -------------------------------

OLD: Final = "nine wet umbrellas"
NEW: Final = "five dry parasols"
MASTER: Final = bytes(range(32))
ROOT: Final = bytes(32)


def _seal(place: Path, passphrase: str) -> None:
    with Profile(place) as profile, installed(place / "keyring.json"), cheap_guesses():
        vaults.write(profile, MASTER, passphrase, ROOT, SYSTEM)


def prepare_change(place: Path) -> None:
    _seal(place, OLD)


def run_change(place: Path, acknowledge: Acknowledge) -> None:
    _seal(place, NEW)
    acknowledge()


def judge_change(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile, installed(place / "keyring.json"), cheap_guesses():
        working = [one for one in (OLD, NEW) if _opens(profile, one)]
        by_words = vaults.open_by_root(profile, ROOT) == MASTER
    problems = [] if by_words else ["the words do not open it"]
    if len(working) != 1 or (acknowledged and working != [NEW]):
        problems.append(f"{len(working)} passphrases work, {acknowledged} acknowledged")
    return problems


def _opens(profile: Profile, passphrase: str) -> bool:
    try:
        return vaults.open_by_passphrase(profile, passphrase) == MASTER
    except WrongPassphraseError:
        return False


# --- wiping -------------------------------------------------------------------------------------


def prepare_wipe(place: Path) -> None:
    with Profile(place) as profile:
        sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
        send(sp, 1)
        sp.close()
        chunks.make_parts_folder(profile, SPACE, FILE)
        for index in range(ROUNDS):
            chunks.save_part(chunks.part_path(profile, SPACE, FILE, index), PART)
        (place / "device.db.before-v2").write_bytes(b"an older copy")
        db = open_database(profile.device_database, KEY, migrations="device")
        with transaction(db):
            spaces.add_space(db, space_record())
        db.close()


def run_wipe(place: Path, acknowledge: Acknowledge) -> None:
    with Profile(place) as profile:
        db = open_database(profile.device_database, KEY, migrations="device")
        with transaction(db):
            spaces.forget_key(db, SPACE)
        acknowledge()
        connection.checkpoint(db)
        wipe.destroy(profile, SPACE)
        db.close()


def judge_wipe(place: Path, acknowledged: int) -> list[str]:
    with Profile(place) as profile:
        db = open_database(profile.device_database, KEY, migrations="device")
        record = spaces.space(db, SPACE)
        db.close()
        key = None if record is None else record.database_key
        if key not in ([b""] if acknowledged else [b"", KEY]):
            return ["the key was not destroyed"]
        if key == KEY:
            return []
        wipe.destroy(profile, SPACE)
        return wipe.remaining(profile, SPACE)


ACTS: Final[
    dict[
        str,
        tuple[
            Callable[[Path], None],
            Callable[[Path, Acknowledge], None],
            Callable[[Path, int], list[str]],
        ],
    ]
] = {
    "send": (prepare_send, run_send, judge_send),
    "create": (_nothing, run_create, judge_create),
    "migrate": (prepare_migrate, run_migrate, judge_migrate),
    "passphrase": (prepare_change, run_change, judge_change),
    "vault": (prepare_vault, run_vault, judge_vault),
    "parts": (prepare_send, run_parts, judge_parts),
    "stored": (prepare_stored, run_stored, judge_stored),
    "wipe": (prepare_wipe, run_wipe, judge_wipe),
}
