"""A customs detection: what is checked of it, the document it becomes, and its facts.

Pure. The document is text in UTF-8, the same from the window and from the command line.
Spec: docs/protocol/52-detections.md.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from jitclient import describing, factviews
from jitclient.foundation.text import check_line, check_message
from jitclient.intakeviews import BY_NAME, FIELDS, NUMBER, SECTIONS, STARRED
from protocol import facts as rules
from protocol.errors import BadInputError
from protocol.facts import Form

_CONTAINER: Final = re.compile(r"[A-Z]{4}\d{7}", re.ASCII)
_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip(string.ascii_uppercase, (n for n in range(10, 39) if n % 11), strict=True)),
}
"""What the characters of a container number count for its check digit (ISO 6346)."""
_WIDE: Final = 44
_LEFT_OUT: Final = "… the rest stands in the document."
_SAME: Final = (
    ("case", "case"), ("acquired-at", "detected-at"), ("acquired-by", "officer"),
    ("authority", "authority"), ("place", "post"), ("handling", "handling"), ("tlp", "tlp"),
    ("marking", "marking"), ("conditions", "conditions"),
)  # fmt: skip
"""Facts of the manifest and the fields they come from."""


def checked(form: Mapping[str, str], now: int) -> dict[str, str]:
    """What is filled in, trimmed and in the order of the form; `now` in Unix seconds.

    Raises:
        BadInputError: naming what is wrong, or everything that is lacking.
    """
    unknown = form.keys() - BY_NAME.keys()
    if unknown:
        raise BadInputError(f"“{min(unknown)[:40]}” is no field of a detection.")
    clean = {one.name: _clean(one.name, form.get(one.name, "")) for one in FIELDS}
    clean = {name: value for name, value in clean.items() if value}
    problems = (problem_with(name, value, clean, now) for name, value in clean.items())
    wrong = next((one for one in problems if one), "")
    if wrong:
        raise BadInputError(wrong)
    lacking = [BY_NAME[name].label for name in STARRED if name not in clean]
    if lacking:
        raise BadInputError(factviews.still_to_state(lacking))
    if "H3" in clean.get("handling", "") and "conditions" not in clean:
        raise BadInputError("Handling code H3 needs the conditions of use it stands for.")
    return clean


def problem_with(name: str, value: str, form: Mapping[str, str], now: int) -> str:
    """Why a value cannot stand beside the others of the form; empty when it can."""
    try:
        clean = _clean(name, value)
    except BadInputError as error:
        return error.sentence
    field = BY_NAME[name]
    wrong = rules.wrong(field, clean) if clean else ""
    if wrong or not clean:
        return wrong
    if field.form is Form.MOMENT and _ahead(clean, now):
        return f"{field.label} lies in the future."
    if name == "means-number" and form.get("means") == "container":
        return _container(clean)
    return describing.problem_with(name, clean, now) if name == "marking" else ""


def facts(form: Mapping[str, str]) -> dict[str, str]:
    """What the manifest states of a checked detection."""
    made = {fact: form[field] for fact, field in _SAME if field in form}
    made["title"] = f"Customs detection, {form['post']}"[: rules.BY_NAME["title"].limit].strip()
    made["kind"] = "documents"
    if len(form.get("seals", "")) <= rules.BY_NAME["seal"].limit and "seals" in form:
        made["seal"] = form["seals"]
    made["description"] = _description(form)
    return made


def image_facts(form: Mapping[str, str], at: int) -> dict[str, str]:
    """What the manifest states of the image that is number `at`."""
    made = {fact: form[field] for fact, field in _SAME if field in form}
    title = f"Image {at} of customs detection {form[NUMBER]}"
    return {**made, "title": title, "kind": "other"}


def image_number(form: Mapping[str, str], at: int) -> str:
    """The exhibit number of image `at`."""
    return f"{form[NUMBER]}.{at}"


def document(form: Mapping[str, str], images: Iterable[tuple[str, str, str]], by: str) -> str:
    """The text that is handed over.

    Args:
        form: as `checked` gives it.
        images: of each its exhibit number, file name and SHA-256 in hexadecimal.
        by: who hands it over.
    """
    marks = "  ·  ".join(factviews.marks(tuple(form.items()))) or "No marks stated"
    lines = [marks, "", "CUSTOMS DETECTION", "", f"Filled in by {by}"]
    for heading, fields in SECTIONS:
        filled = [one for one in fields if one.name in form]
        lines += ["", heading] if filled else []
        for one in filled:
            first, *more = factviews.said(one.name, form[one.name]).split("\n")
            lines.append(f"  {one.label:{_WIDE}}{first}")
            lines += [f"  {'':{_WIDE}}{line}" for line in more]
    shown = [f"  {digest}  {number}  {name}" for number, name, digest in images]
    lines += ["", "Images, by SHA-256, exhibit number and file name", *shown] if shown else []
    return "\n".join([*lines, "", marks, ""])


def _description(form: Mapping[str, str]) -> str:
    """The form line by line, as far as the fact has room."""
    limit, taken = rules.BY_NAME["description"].limit, {field for _, field in _SAME}
    lines = [
        f"{one.label}: {factviews.said(one.name, form[one.name])}"
        for one in FIELDS
        if one.name in form and one.name not in taken | {NUMBER}
    ]
    text = "\n".join(lines)
    if len(text) <= limit:
        return text
    return f"{text[: limit - len(_LEFT_OUT) - 1].rstrip()}\n{_LEFT_OUT}"


def _clean(name: str, value: str) -> str:
    field = BY_NAME[name]
    if not value.strip():
        return ""
    if field.form is Form.LINES:
        return check_message(value.strip(), limit_bytes=4 * field.limit)
    line = check_line(value, field.label, limit=field.limit)
    if field.choices:
        return next((one for one in field.choices if one.casefold() == line.casefold()), line)
    return line.replace(" ", "T", 1) if field.form is Form.MOMENT else line


def _ahead(value: str, now: int) -> bool:
    found = rules.moment(value)
    if found is None:
        return False
    at = found if isinstance(found, datetime) else datetime(*found.timetuple()[:3], tzinfo=UTC)
    return at.timestamp() > now + describing.AHEAD_SECONDS


def _container(number: str) -> str:
    """What is wrong with a container number; its last digit is a check digit (ISO 6346)."""
    plain = re.sub(r"[ \-/]", "", number.upper())
    if _CONTAINER.fullmatch(plain) is None:
        return "A container number is four letters and seven digits, as CSQU3054383."
    total = sum(_VALUES[char] << at for at, char in enumerate(plain[:10]))
    if total % 11 % 10 == int(plain[10]):
        return ""
    return "The last digit of the container number does not belong to it; read it again."
