"""Templates: what an authority states of all its exhibits, kept on this device, typed once.

They are kept beside the spaces and outlive them; so only facts that are of no case stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jitclient import describing
from jitclient.foundation.text import check_line
from jitclient.session import Session
from localstore import templates
from localstore.connection import transaction
from protocol.errors import BadInputError, NotFoundError
from protocol.facts import Facts
from protocol.limits import MAX_EXHIBIT_CHARS

KEPT: Final = frozenset(
    {
        "kind", "language", "acquired-by", "authority", "country", "source", "tool", "method",
        "write-blocker", "operator", "image-type", "password-by", "handling", "evaluation", "tlp",
        "marking", "conditions",
    }
)  # fmt: skip
"""The facts a template may hold; whatever names a case, a thing or a place is not here."""
MAX_TEMPLATES: Final = 100


def save(session: Session, name: str, given: Mapping[str, str]) -> Facts:
    """Keep those of the given facts that are of no case; returns them.

    Raises:
        BadInputError: no name, nothing to keep, a value that cannot stand, or too many templates.
    """
    line = check_line(name, "The name of the template", limit=MAX_EXHIBIT_CHARS)
    wanted = {one: value for one, value in given.items() if one in KEPT}
    facts = describing.described(wanted, session.clock.now())
    if not facts:
        raise BadInputError("None of these facts can be kept in a template: they are of one case.")
    db = session.stores.device
    known = templates.templates(db)
    if line not in known and len(known) >= MAX_TEMPLATES:
        raise BadInputError(f"There are {MAX_TEMPLATES} templates already. Remove one first.")
    with transaction(db):
        templates.save(db, line, facts)
    return facts


def every(session: Session) -> dict[str, Facts]:
    """All templates by name."""
    return templates.templates(session.stores.device)


def drop(session: Session, name: str) -> None:
    """Forget a template.

    Raises:
        NotFoundError: there is none of that name.
    """
    db = session.stores.device
    with transaction(db):
        if not templates.drop(db, name.strip()):
            raise NotFoundError("There is no such template here.")
