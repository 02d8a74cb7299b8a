"""Parties, roles and rights (requirements R13 to R18, and our role templates).

Only the party rules are law; the rights of each role are our own templates.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Party(Enum):
    """Whom a person represents."""

    MEMBER_STATE = "member-state"
    EPPO = "eppo"
    UNION_BODY = "union-body"
    THIRD_COUNTRY = "third-country"
    INTERNATIONAL = "international"


class Role(Enum):
    """What a person is in one space."""

    ADMINISTRATOR = "administrator"
    PROSECUTOR = "prosecutor"
    INVESTIGATOR = "investigator"
    SECONDED = "seconded"
    PARTICIPANT = "participant"
    THIRD_COUNTRY = "third-country"
    INTERNATIONAL = "international"


class Right(Enum):
    """What a role allows in one space."""

    READ = "read"
    MESSAGE = "message"
    UPLOAD = "upload"
    DOWNLOAD = "download"
    ADMINISTER = "administer"


ADMINISTRATOR_PARTIES: Final = frozenset({Party.MEMBER_STATE, Party.EPPO})
"""R14.1: never a third country, a Union body or an international authority."""

_TALK: Final = frozenset({Right.READ, Right.MESSAGE, Right.DOWNLOAD})
_WORK: Final = _TALK | {Right.UPLOAD}

RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ADMINISTRATOR: _WORK | {Right.ADMINISTER},
    Role.PROSECUTOR: _WORK,
    Role.INVESTIGATOR: _WORK,
    Role.SECONDED: _WORK,
    Role.PARTICIPANT: _WORK,
    # R23.2: uploads come with the designation of a controller, in `allows`, and not before.
    Role.THIRD_COUNTRY: _TALK,
    Role.INTERNATIONAL: _TALK,
}

NEEDS_CONTROLLER: Final = frozenset({Role.THIRD_COUNTRY, Role.INTERNATIONAL})
"""R23.2: before a controller is designated for their data, nothing of theirs may be uploaded."""

_ROLES_OF: Final[dict[Party, frozenset[Role]]] = {
    Party.MEMBER_STATE: frozenset(
        {Role.ADMINISTRATOR, Role.PROSECUTOR, Role.INVESTIGATOR, Role.SECONDED}
    ),
    Party.EPPO: frozenset({Role.ADMINISTRATOR, Role.PROSECUTOR, Role.INVESTIGATOR, Role.SECONDED}),
    Party.UNION_BODY: frozenset({Role.PARTICIPANT}),
    Party.THIRD_COUNTRY: frozenset({Role.THIRD_COUNTRY}),
    Party.INTERNATIONAL: frozenset({Role.INTERNATIONAL}),
}

DEFAULT_ROLE: Final[dict[Party, Role]] = {
    Party.MEMBER_STATE: Role.INVESTIGATOR,
    Party.EPPO: Role.PROSECUTOR,
    Party.UNION_BODY: Role.PARTICIPANT,
    Party.THIRD_COUNTRY: Role.THIRD_COUNTRY,
    Party.INTERNATIONAL: Role.INTERNATIONAL,
}


def may_hold(party: Party, role: Role) -> bool:
    """Whether a representative of `party` may hold `role` (R14.1, R16, R17, R18)."""
    return role in _ROLES_OF[party]


def allows(role: Role, right: Right, *, controlled: bool = False) -> bool:
    """Whether `role` carries `right`.

    `controlled`: an administrator is designated controller of what this person uploads (R23.2).
    Without it the roles of `NEEDS_CONTROLLER` upload nothing.
    """
    designated = controlled and right is Right.UPLOAD and role in NEEDS_CONTROLLER
    return designated or right in RIGHTS[role]
