"""What handling codes forbid, and until when: H1 court proceedings, H2 passing on.

They bind who received an exhibit, not who originated it, until the originator's permission is on
record here. What is handed over again keeps at least the marks it came with.
Spec: docs/protocol/51-facts.md §5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from jitclient import spacewise
from jitclient.errors import HandlingCodeError
from jitclient.place import Place
from jitclient.session import WIPED_STATES, Session
from localstore import evidence, permissions, spaces
from localstore.connection import Connection
from localstore.evidence import ExhibitRecord
from protocol.facts import TLP_LABELS, Facts
from protocol.ids import SpaceId, UserId

COURT: Final = "H1"
PASSING_ON: Final = "H2"
EFFECTIVE: Final = (COURT, PASSING_ON)
"""Codes that stop something. H3 stands for its conditions, which a person reads."""


@dataclass(frozen=True, slots=True)
class Going:
    """A file that is to go to somebody: what it is and under which marks."""

    size: int
    sha256: bytes
    facts: Facts


def codes(facts: Facts) -> frozenset[str]:
    """The handling codes an exhibit bears."""
    return frozenset(dict(facts).get("handling", "").split("+")) - {""}


def in_force(session: Session, sp: Connection, record: ExhibitRecord) -> tuple[str, ...]:
    """The codes that stop this person from something, here and now."""
    found = codes(record.facts)
    if not found or record.author_user == session.user:
        return ()
    given = {one.code for one in permissions.of(sp, record.file)}
    return tuple(code for code in EFFECTIVE if code in found - given)


def refuse_court(at: Place, record: ExhibitRecord) -> None:
    """Stop an export for court proceedings.

    Raises:
        HandlingCodeError: H1, and no permission is on record.
    """
    if COURT in in_force(at.session, at.sp, record):
        raise HandlingCodeError(
            f"{record.name} bears {COURT}: it is not to be used in judicial proceedings without "
            f"the permission of {at.name(UserId(record.author_user))}. Record the permission first."
        )


def may_be_told(at: Place, record: ExhibitRecord) -> bool:
    """Whether an exhibit may be part of a past that is opened to somebody."""
    return PASSING_ON not in in_force(at.session, at.sp, record)


def against(session: Session, going: Going, to: Iterable[bytes]) -> str:
    """Why a file may not go to these persons under these marks; empty when it may.

    It is recognised by its SHA-256 in every space of this profile: another team is another party.
    """
    for sp, record in _received(session, going.size):
        if record.sha256 != going.sha256:
            continue
        who = session.name_of(UserId(record.author_user))
        among = {record.author_user, session.user, *record.recipients}
        passed_on = not set(to) <= among
        if passed_on and PASSING_ON in in_force(session, sp, record):
            return (
                f"{record.name} came from {who} under {PASSING_ON}: it is not to be passed on to "
                "others without permission. Record the permission first."
            )
        lost = weaker(record.facts, going.facts)
        if lost:
            return f"{record.name} came from {who} under {lost}. Who passes it on keeps that."
    return ""


def is_known(session: Session, size: int) -> bool:
    """Whether an exhibit with marks of this size was received: only then a file is hashed."""
    return next(_received(session, size), None) is not None


def weaker(came: Facts, goes: Facts) -> str:
    """Which mark of `came` is missing from, or weaker in, `goes`; empty when all are kept."""
    before, now = dict(came), dict(goes)
    missing = sorted(codes(came) - codes(goes) - {"H0"})
    if missing:
        return f"handling code {'+'.join(missing)}"
    tlp = before.get("tlp")
    if tlp is not None:
        place = TLP_LABELS.index(now["tlp"]) if "tlp" in now else len(TLP_LABELS)
        if place > TLP_LABELS.index(tlp):
            return f"TLP:{tlp}"
    if before.get("marking", "") not in now.get("marking", ""):
        return f"the marking “{before['marking']}”"
    if before.get("conditions", "") not in now.get("conditions", ""):
        return "conditions of use"
    return "the mark “privileged”" if "privileged" in before and "privileged" not in now else ""


def _received(session: Session, size: int) -> Iterator[tuple[Connection, ExhibitRecord]]:
    for row in spaces.spaces(session.stores.device):
        if row.state in WIPED_STATES or row.log_seq < 0:
            continue
        found = spacewise.attempt(session, SpaceId(row.space), _marked, size)
        for record in found or ():
            if record.author_user != session.user:
                yield session.stores.space(SpaceId(row.space)), record


def _marked(session: Session, space: SpaceId, size: int) -> list[ExhibitRecord]:
    return evidence.stated_of_size(session.stores.space(space), size)
