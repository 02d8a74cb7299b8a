"""The journal of a transfer (space.db) and the sealed parts in the vault folder.

One part costs one statement on one row, also when a file has 250,000 of them. A part is written
whole under its name before the journal says it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from localstore import files, rows
from localstore.connection import Connection
from localstore.faults import translated
from localstore.profile import Profile
from protocol.errors import BugError, SourceChangedError
from protocol.limits import MAX_PART_BYTES

_PAGE: Final = 4096

_RECORD: Final = """
    INSERT INTO part (file, number, leaf) VALUES (:file, :number, :leaf)
    ON CONFLICT (file, number) DO UPDATE SET number = number RETURNING leaf"""
_LEAF: Final = "SELECT leaf FROM part WHERE file = :file AND number = :number"
_SENT: Final = "UPDATE part SET sent = 1 WHERE file = :file AND number = :number"
_CATCH_UP: Final = "UPDATE part SET sent = 1 WHERE file = :file AND number = :number AND sent = 0"
_ALL_SENT: Final = "SELECT number FROM part WHERE file = :file AND sent = 1"
_HAVE: Final = """
    INSERT INTO part (file, number, leaf, have) VALUES (:file, :number, :leaf, 1)
    ON CONFLICT (file, number) DO UPDATE SET leaf = :leaf, have = 1"""
_LOST: Final = "UPDATE part SET have = 0 WHERE file = :file AND number = :number"
_ALL_HAVE: Final = "SELECT number FROM part WHERE file = :file AND have = 1"
_LEAVES: Final = """
    SELECT number, leaf FROM part WHERE file = :file AND number > :after
    ORDER BY number LIMIT :page"""
_NUMBERED: Final = "SELECT number, leaf FROM part WHERE file = :file ORDER BY number"
_COUNT: Final = "SELECT sent, have FROM part_count WHERE file = :file"
_CLEAR: Final = "DELETE FROM part WHERE file = :file"
_CLEAR_COUNT: Final = "DELETE FROM part_count WHERE file = :file"


def record_leaf(
    sp: Connection, file: bytes, index: int, leaf: bytes, confirmed: Collection[int] = ()
) -> None:
    """Note the hash (32 B) of a part when it is sealed, and which parts the store has confirmed.

    Raises:
        BugError: the hash of a confirmed part was never noted.
        SourceChangedError: another hash stands there: sealing other bytes under the same key and
            nonces would break the encryption; the file needs a new key.
    """
    row = {"file": file, "number": index, "leaf": leaf}
    if sp.execute(_RECORD, row).fetchall()[0][0] != leaf:
        raise SourceChangedError("The file changed while it was being read.")
    for one in confirmed:
        mark_sent(sp, file, one)


def leaf(sp: Connection, file: bytes, index: int) -> bytes | None:
    """The hash noted for a part, or None."""
    row = sp.execute(_LEAF, {"file": file, "number": index}).fetchone()
    return None if row is None else bytes(row[0])


def mark_sent(sp: Connection, file: bytes, index: int) -> None:
    """The store has confirmed a part.

    Raises:
        BugError: its hash was never noted.
    """
    if sp.execute(_SENT, {"file": file, "number": index}).rowcount != 1:
        raise BugError(f"Part {index} was sent before it was noted.")


def mark_all_sent(sp: Connection, file: bytes, indices: Iterable[int]) -> None:
    """The store has these parts; what was never noted here stays as it is."""
    rows.require_transaction(sp)
    known = sent(sp, file)
    fresh = ({"file": file, "number": one} for one in indices if one not in known)
    sp.executemany(_CATCH_UP, fresh)


def sent(sp: Connection, file: bytes) -> set[int]:
    """Indices of the parts the store has: read once per resume."""
    return {int(row[0]) for row in sp.execute(_ALL_SENT, {"file": file})}


def mark_have(sp: Connection, file: bytes, index: int, leaf: bytes) -> None:
    """A part with this hash stands in the parts folder, durably."""
    sp.execute(_HAVE, {"file": file, "number": index, "leaf": leaf})


def mark_lost(sp: Connection, file: bytes, index: int) -> None:
    """A part turned out damaged or gone; it must be fetched again."""
    sp.execute(_LOST, {"file": file, "number": index})


def have(sp: Connection, file: bytes) -> set[int]:
    """Indices of the parts that are here: read once per resume."""
    return {int(row[0]) for row in sp.execute(_ALL_HAVE, {"file": file})}


def counts(sp: Connection, file: bytes) -> tuple[int, int]:
    """(parts sent, parts here) of a file: one row, for showing progress."""
    row = sp.execute(_COUNT, {"file": file}).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def leaves(sp: Connection, file: bytes) -> Iterator[bytes]:
    """The hashes noted, in order of their parts, in constant memory.

    Reads page by page, so that the caller may write in between.
    """
    after = -1
    while page := sp.execute(_LEAVES, {"file": file, "after": after, "page": _PAGE}).fetchall():
        yield from (bytes(row[1]) for row in page)
        after = page[-1][0]


def numbered(sp: Connection, file: bytes) -> list[tuple[int, bytes]]:
    """The hashes noted, with the numbers of their parts."""
    rows_ = sp.execute(_NUMBERED, {"file": file}).fetchall()
    return [(int(number), bytes(leaf_)) for number, leaf_ in rows_]


def clear(sp: Connection, file: bytes) -> None:
    """Forget the journal of a file that was cancelled or is to be sealed anew."""
    rows.require_transaction(sp)
    sp.execute(_CLEAR, {"file": file})
    sp.execute(_CLEAR_COUNT, {"file": file})


def part_path(profile: Profile, space: bytes, file: bytes, index: int) -> Path:
    """Where a sealed part stands: `spaces/<hex>/parts/<file hex>/<index>`. Touches nothing."""
    return profile.parts_folder(space, file) / str(index)


def make_parts_folder(profile: Profile, space: bytes, file: bytes) -> Path:
    """Make the folder (0700) for the parts of a file."""
    folder = profile.parts_folder(space, file)
    files.make_folder(folder.parent)
    files.make_folder(folder)
    return folder


def save_part(path: Path, sealed: bytes | bytearray | memoryview) -> None:
    """Write a part (0600) whole or not at all; any thread. Then `mark_have`.

    Raises:
        DiskError: full or failing disk.
    """
    files.save_file(path, sealed)


def load_part(path: Path) -> bytes | None:
    """A part's sealed bytes, or None when it is gone; any thread.

    Raises:
        DiskError: it cannot be read.
    """
    return files.load_file(path, MAX_PART_BYTES)


def drop_parts(profile: Profile, space: bytes, file: bytes) -> None:
    """Remove every part of a file that was cancelled or withdrawn.

    Raises:
        DiskError: something could not be removed.
    """
    folder = profile.parts_folder(space, file)
    with translated():
        if folder.exists():
            for part in folder.iterdir():
                part.unlink(missing_ok=True)
            folder.rmdir()
