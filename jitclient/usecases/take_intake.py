"""A customs detection becomes an exhibit: the filled form as a document, each image one of its own.

Spec: docs/protocol/52-detections.md.
"""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

from jitclient import acquisition, intake, registering
from jitclient.evidence_io import source_stat
from jitclient.intakeviews import MAX_IMAGES, NUMBER, Intake
from jitclient.session import Session
from jitclient.usecases import add_evidence, add_stream
from jitclient.usecases.add_evidence import NewExhibit
from jitclient.usecases.add_stream import NewStream
from localstore import intakes
from localstore.connection import transaction
from protocol.errors import BadInputError, JitError
from protocol.ids import FileId, SpaceId, UserId


def keep(session: Session, space: SpaceId, draft: Intake) -> None:
    """Keep what is filled in; with nothing in it there is no draft. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    sp = session.stores.space(space)
    form = tuple((name, value.replace("\0", "")) for name, value in draft.form if value.strip())
    with transaction(sp):
        if form or draft.images:
            intakes.keep(sp, form, draft.images)
        else:
            intakes.drop(sp)


def draft(session: Session, space: SpaceId) -> Intake:
    """What is kept. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    form, images = intakes.load(session.stores.space(space))
    return Intake(form=form, images=images)


async def preview(session: Session, given: Intake) -> str:
    """The document as it would be handed over now; every image is read for its hash.

    Raises:
        BadInputError: something is wrong or lacking; NoInputError: an image cannot be read.
    """
    form = intake.checked(dict(given.form), session.clock.now())
    return await _document(session, form, given.images)


async def take(
    session: Session, space: SpaceId, given: Intake, *, to: tuple[UserId, ...]
) -> tuple[FileId, tuple[FileId, ...], tuple[tuple[Path, JitError], ...]]:
    """Hand over a detection; returns its exhibit, those of its images, and images that stayed.

    Everything is checked and every image read before anything is registered. The draft ends in
    the transaction that registers the form. Images go after it; one that fails stops no other.

    Raises:
        BadInputError, NoInputError: as for `preview`.
        HandlingCodeError, NotPermittedError, PutBackError, DiskError: as for `add_stream`.
    """
    form = intake.checked(dict(given.form), session.clock.now())
    text = await _document(session, form, given.images)
    new = NewStream(
        stream=io.BytesIO(text.encode()),
        name=_file_name(form),
        number=form[NUMBER],
        facts=intake.facts(form),
        again=True,  # two detections may read alike, and each is one
        also=intakes.drop,
    )
    document = await add_stream.add_stream(session, space, new, to=to)
    gone: list[FileId] = []
    refused: list[tuple[Path, JitError]] = []
    for at, path in enumerate(given.images, 1):
        try:
            gone.append(await _image(session, space, form, (at, path), to))
        except JitError as error:
            refused.append((path, error))
    return document, tuple(gone), tuple(refused)


async def _image(
    session: Session,
    space: SpaceId,
    form: dict[str, str],
    one: tuple[int, Path],
    to: tuple[UserId, ...],
) -> FileId:
    at, path = one
    number, facts = intake.image_number(form, at), intake.image_facts(form, at)
    new = NewExhibit(path=path, number=number, facts=facts, again=True)
    return await add_evidence.add_evidence(session, space, new, to=to)


async def _document(session: Session, form: dict[str, str], images: tuple[Path, ...]) -> str:
    if len(images) > MAX_IMAGES:
        raise BadInputError(f"At most {MAX_IMAGES} images go with a detection.")
    now, listed = session.clock.now(), []
    registering.said(_file_name(form), form[NUMBER], intake.facts(form), now)
    for at, path in enumerate(images, 1):
        facts = intake.image_facts(form, at)
        known = registering.said(path.name, intake.image_number(form, at), facts, now)
        await asyncio.to_thread(source_stat, path)
        digest = await asyncio.to_thread(acquisition.sha256_of, path)
        listed.append((known.number, known.name, digest.hex()))
    me = session.me()
    by = ", ".join(one for one in (me.name, me.authority) if one)
    return intake.document(form, listed, by)


def _file_name(form: dict[str, str]) -> str:
    number = re.sub(r"[^\w.-]+", "-", form[NUMBER]).strip("-.") or "1"
    return f"customs-detection-{number}.txt"
