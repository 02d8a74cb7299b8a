"""What a person states of an exhibit: trimmed, checked against the rules, and put in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from jitclient.foundation.text import check_line, check_message
from protocol import facts as rules
from protocol.errors import BadInputError, MalformedError
from protocol.facts import BY_NAME, Facts, Field, Form
from protocol.limits import MAX_FACTS_BYTES

AHEAD_SECONDS: Final = 86_400
"""A clock may be wrong and a zone mistaken; a day later than now nothing was acquired."""
CLASSIFIED: Final = ("RESTREINT UE", "EU RESTRICTED", "CONFIDENTIEL UE", "EU CONFIDENTIAL",
                     "SECRET UE", "EU SECRET", "TRES SECRET UE", "EU TOP SECRET")  # fmt: skip
"""EU classified information needs an accredited system, and this is none."""


def described(given: Mapping[str, str], now: int) -> Facts:
    """The facts a manifest may state, out of what was typed; empty values are left out.

    Args:
        given: values by the names of `protocol.facts.FIELDS`.
        now: Unix seconds.

    Raises:
        BadInputError: naming the fact and what is wrong with it.
    """
    clean = {name: _clean(name, value) for name, value in given.items() if value.strip()}
    try:
        made = rules.arranged(clean)
        rules.check(made)
    except MalformedError as error:
        raise BadInputError(error.sentence) from error
    _plausible(clean, now)
    return made


def problem_with(name: str, value: str, now: int) -> str:
    """Why one value would not be accepted, for a form that says so while it is filled in."""
    try:
        clean = {name: _clean(name, value)} if value.strip() else {}
        _plausible(clean, now)
    except BadInputError as error:
        return error.sentence
    return rules.wrong(BY_NAME[name], clean[name]) if clean else ""


def _clean(name: str, value: str) -> str:
    field = BY_NAME.get(name)
    if field is None:
        raise BadInputError(f"“{name[:40]}” is no fact an exhibit can state.")
    if field.form is Form.LINES:
        return check_message(value.strip(), limit_bytes=MAX_FACTS_BYTES)
    return _spelled(field, check_line(value, field.label, limit=field.limit))


def _spelled(field: Field, value: str) -> str:
    """Capitals where the form has capitals, so that nobody is refused for them."""
    if field.choices:
        return next((one for one in field.choices if one.casefold() == value.casefold()), value)
    if field.name in {"country", "evaluation"}:
        return value.upper()
    if field.name.startswith("acquired-") and field.form is Form.PATTERN:
        return value.replace(" ", "").lower()
    return value.replace(" ", "T", 1) if field.form is Form.MOMENT else value


def _plausible(facts: Mapping[str, str], now: int) -> None:
    found = rules.moment(facts.get("acquired-at", ""))
    if found is not None:
        at = found if isinstance(found, datetime) else datetime(*found.timetuple()[:3], tzinfo=UTC)
        if at.timestamp() > now + AHEAD_SECONDS:
            raise BadInputError("Acquired at lies in the future.")
    marking = facts.get("marking", "").upper().replace("È", "E").replace("/", " ")
    if any(one in marking for one in CLASSIFIED):
        raise BadInputError(
            "EU classified information is not to be handed over with this program: it needs a "
            "system that was accredited for it."
        )
