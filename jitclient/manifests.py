"""Judging a manifest that came from outside, and the exhibit it becomes here.

An exhibit is announced by who hands it over, or told of as part of the past; both are read here.
Spec: docs/protocol/50-files.md §50.6, 51-facts.md.
"""

from __future__ import annotations

import hmac

from crypto import signatures
from crypto.filestream import FileShape
from jitclient.evidence_sink import check_shape
from jitclient.foundation.text import is_file_name, visible
from jitclient.place import Place
from localstore.evidence import ExhibitRecord
from protocol import facts
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, MalformedError
from protocol.ids import FileId, MessageId, UserId
from protocol.limits import RETENTION_SECONDS
from protocol.manifest import Manifest


def read(at: Place, data: bytes, device: DeviceEntry, who: str) -> Manifest:
    """The manifest in `data`, signed by `device` for this space and free of contradictions.

    Raises:
        ForgedError, MalformedError: it is not; the sentence names `who`.
    """
    manifest = signatures.verify(data, device.signing, Manifest, signer=device.device)
    if manifest.space != at.space:
        raise ForgedError(f"{who} handed over an exhibit of another space.")
    if not is_file_name(manifest.name):
        raise MalformedError(f"{who} handed over an exhibit whose name is a path.")
    check_shape(manifest, FileShape(manifest.size))
    try:
        facts.check(manifest.facts)
    except MalformedError as error:
        raise MalformedError(f"{who} states facts that cannot be: {error.sentence}") from error
    if not facts.fits_name(manifest.facts, manifest.name):
        raise MalformedError(f"{who} states a path that leads to another file.")
    stated = facts.digests(manifest.facts).get("sha256", manifest.sha256.hex())
    if not hmac.compare_digest(stated, manifest.sha256.hex()):
        raise ForgedError(f"{who} states another SHA-256 at acquisition than of what was sealed.")
    return manifest


def exhibit(  # noqa: PLR0913 - what the manifest does not say
    at: Place,
    manifest: Manifest,
    data: bytes,
    key: bytes,
    message: MessageId,
    author: UserId,
    *,
    recipients: tuple[UserId, ...] = (),
    state: str = "available",
    problem: str = "",
) -> ExhibitRecord:
    """The record of an exhibit whose manifest was read; `expires_at` is the latest possible."""
    shape = FileShape(manifest.size)
    return ExhibitRecord(
        file=FileId(manifest.file),
        message=message,
        manifest=data,
        file_key=key,
        salt=manifest.salt,
        name=visible(manifest.name),
        mime=visible(manifest.mime),
        exhibit=visible(manifest.exhibit),
        size=manifest.size,
        sha256=manifest.sha256,
        author_user=author,
        mine=False,
        state=state,
        sealed_total=shape.sealed_bytes,
        parts=shape.parts,
        source="",
        source_stat="",
        recipients=recipients,
        added_at=at.now,
        expires_at=min(at.now, manifest.claimed_at) + RETENTION_SECONDS if recipients else None,
        problem=problem,
        announced=False,
        root=manifest.root,
        exported_to="",
        facts=tuple((name, visible(value, lines=True)) for name, value in manifest.facts),
    )
