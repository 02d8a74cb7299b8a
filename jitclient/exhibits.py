"""One exhibit of a space for those who move or read it: its row, its journal, its keys at work."""

from __future__ import annotations

from collections.abc import Callable, Collection

from crypto import signatures
from crypto.filestream import FileShape, Opener
from jitclient.evidence_io import DownloadJournal, EvidenceSink
from jitclient.session import Session
from localstore import chunks, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import NotFoundError
from protocol.ids import FileId, SpaceId
from protocol.manifest import Manifest


def exhibit_of(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    """One exhibit.

    Raises:
        NotFoundError: no such exhibit here.
    """
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    return record


class Journal:
    """The parts of one exhibit in the space's database, written from any thread."""

    def __init__(self, session: Session, space: SpaceId, file: FileId) -> None:
        self._session = session
        self._space = space
        self._file = file

    def leaf_of(self, index: int) -> bytes | None:
        """The recorded leaf."""
        return self._session.database.call(
            lambda: chunks.leaf(self._session.stores.space(self._space), self._file, index)
        )

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int] = ()) -> None:
        """Before a part may be sent; and what the store has by now, in the same transaction."""
        self._write(chunks.record_leaf, index, leaf, confirmed)

    def begin(self, stored: Collection[int]) -> None:
        """The store has these, whatever was noted when: confirmations may have been lost."""

        def act() -> None:
            sp = self._session.stores.space(self._space)
            with transaction(sp):
                chunks.mark_all_sent(sp, self._file, stored)

        if stored:
            self._session.database.call(act)

    def kept(self) -> Collection[int]:
        """The parts that are on record as being on this disk."""
        return self._session.database.call(
            lambda: chunks.have(self._session.stores.space(self._space), self._file)
        )

    def have(self, index: int, leaf: bytes) -> None:
        """It is on this disk."""
        self._write(chunks.mark_have, index, leaf)

    def lost(self, index: int) -> None:
        """It is not on this disk any more."""
        self._write(chunks.mark_lost, index)

    def _write(self, function: Callable[..., None], *values: object) -> None:
        def act() -> None:
            sp = self._session.stores.space(self._space)
            with transaction(sp):
                function(sp, self._file, *values)

        self._session.database.call(act)


def sink_for(
    session: Session,
    space: SpaceId,
    record: ExhibitRecord,
    journal: DownloadJournal | None = None,
) -> EvidenceSink:
    """Where the parts of a received exhibit are checked and kept, and put on record."""
    manifest = signatures.peek(record.manifest, Manifest)  # verified when it arrived
    file = FileId(record.file)
    folder = chunks.make_parts_folder(session.profile, space, file)
    journal = journal or Journal(session, space, file)
    return EvidenceSink(folder, opener_for(space, record), manifest, journal)


def opener_for(space: SpaceId, record: ExhibitRecord) -> Opener:
    """What opens the parts of a received exhibit.

    Raises:
        ForgedError: the key does not fit the signed commitment.
    """
    manifest = signatures.peek(record.manifest, Manifest)
    return Opener(
        record.file_key,
        space,
        FileId(record.file),
        manifest.salt,
        manifest.commitment,
        FileShape(manifest.size),
    )
