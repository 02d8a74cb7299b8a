"""The facts of an exhibit: which a manifest may state, in which form, and what contradicts itself.

A fact is a (name, value) pair. Names are those of `FIELDS`, in its order, each once; what is not
known is left out. Values are UTF-8 of bounded length. Spec: docs/protocol/51-facts.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final

from protocol.errors import MalformedError
from protocol.limits import MAX_EXHIBIT_CHARS, MAX_FACTS_BYTES, MAX_TITLE_CHARS

Facts = tuple[tuple[str, str], ...]


class Group(Enum):
    """Under which heading a fact stands on screens and lists."""

    ITEM = "The item"
    ACQUISITION = "Acquisition"
    SOURCE = "Source and tools"
    HANDLING = "Handling and use"


class Form(Enum):
    """How a value is written."""

    LINE = "one line"
    LINES = "text of several lines"
    MOMENT = "a date, or a date and time with its offset, as 2026-11-02T14:05+01:00"
    DAY = "a date, as 2026-11-02"
    CHOICE = "one of a list"
    PATTERN = "a fixed form"
    PATH = "a path inside a folder, as Photos/2026/0001.jpg"


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that may be stated; `limit` in characters."""

    name: str
    label: str
    group: Group
    form: Form = Form.LINE
    limit: int = MAX_TITLE_CHARS
    choices: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""


_KINDS: Final = (
    "disk-image", "phone-extraction", "documents", "video", "audio", "chat-export", "bank-data",
    "statement", "physical-item", "other",
)  # fmt: skip
_SOURCES: Final = ("device", "cloud", "paper", "statement", "intercept", "other")
HANDLING_CODES: Final = (
    "H0", "H1", "H1+H2", "H1+H2+H3", "H1+H3", "H2", "H2+H3", "H3",
)  # fmt: skip
TLP_LABELS: Final = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
"""Traffic Light Protocol 2.0, the strictest first."""
DIGESTS: Final = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""Hash algorithms of acquisition reports and the length of their hexadecimal values."""

_SHORT: Final = MAX_EXHIBIT_CHARS
_I, _A, _S, _H = Group.ITEM, Group.ACQUISITION, Group.SOURCE, Group.HANDLING


def _chosen(name: str, label: str, group: Group, choices: tuple[str, ...]) -> Field:
    return Field(name, label, group, Form.CHOICE, max(map(len, choices)), choices)


def _fixed(name: str, label: str, group: Group, pattern: str, example: str) -> Field:
    return Field(name, label, group, Form.PATTERN, MAX_TITLE_CHARS, (), pattern, example)


def _digest(algorithm: str, label: str) -> Field:
    length = DIGESTS[algorithm]
    text = f"{length} digits 0-9 and a-f"
    return _fixed(f"acquired-{algorithm}", label, _S, f"[0-9a-f]{{{length}}}", text)


_ANY_DIGEST: Final = "|".join(f"{name} [0-9a-f]{{{length}}}" for name, length in DIGESTS.items())

FIELDS: Final[tuple[Field, ...]] = (
    Field("case", "Case number", _I, limit=_SHORT),
    Field("title", "Title", _I),
    Field("description", "Description", _I, Form.LINES, 2_000),
    Field("folder-path", "Path in its folder", _I, Form.PATH, 500),
    _chosen("kind", "Kind", _I, _KINDS),
    _fixed("language", "Language", _I, "[a-z]{2,3}", "el"),
    Field("duplicate-of", "Duplicate of exhibit", _I, limit=_SHORT),
    Field("supersedes", "Supersedes exhibit", _I, limit=_SHORT),
    Field("acquired-at", "Acquired at", _A, Form.MOMENT, 32),
    Field("acquired-by", "Acquired by", _A),
    Field("authority", "Authority", _A),
    Field("place", "Place", _A),
    _fixed("country", "Country", _A, "[A-Z]{2}", "PT"),
    _fixed(
        "coordinates", "Coordinates", _A,
        r"-?(?:90|[0-8]?\d)(?:\.\d{1,6})?, ?-?(?:180|1[0-7]\d|\d?\d)(?:\.\d{1,6})?",
        "38.7223, -9.1393",
    ),
    Field("seized-from", "Seized from", _A),
    Field("legal-basis", "Legal basis or order", _A),
    Field("seal", "Seal number", _A, limit=_SHORT),
    _chosen("source", "Source", _S, _SOURCES),
    Field("make", "Make", _S, limit=_SHORT),
    Field("model", "Model", _S, limit=_SHORT),
    Field("serial", "Serial number", _S, limit=_SHORT),
    _fixed("imei", "IMEI", _S, r"\d{14,16}", "490154203237518"),
    Field("capacity", "Capacity", _S, limit=_SHORT),
    Field("tool", "Tool and version", _S),
    Field("method", "Method", _S),
    Field("write-blocker", "Write blocker", _S),
    Field("operator", "Operator", _S),
    Field("image-type", "Type of image", _S, limit=_SHORT),
    Field("original-path", "Original path", _S, limit=500),
    Field("original-time", "Original time of change", _S, Form.MOMENT, 32),
    _digest("md5", "MD5 at acquisition"),
    _digest("sha1", "SHA-1 at acquisition"),
    _digest("sha256", "SHA-256 at acquisition"),
    _digest("sha512", "SHA-512 at acquisition"),
    _fixed("source-hash", "Hash of the source", _S, _ANY_DIGEST, "sha1 and 40 digits"),
    Field("password-by", "How its password is sent", _S),
    _chosen("handling", "Handling code", _H, HANDLING_CODES),
    _fixed("evaluation", "Evaluation (4x4)", _H, "[ABCX][1-4]", "B2"),
    _chosen("tlp", "TLP", _H, TLP_LABELS),
    Field("marking", "Other marking", _H, limit=_SHORT),
    _chosen("privileged", "Legally privileged content", _H, ("yes",)),
    _chosen("victims", "Content about victims", _H, ("yes",)),
    Field("conditions", "Conditions of use", _H, Form.LINES, 1_000),
    Field("keep-until", "Keep until", _H, Form.DAY, 10),
    Field("remarks", "Remarks", _H, Form.LINES, 500),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Field]] = {field.name: field for field in FIELDS}
_PLACE: Final = {field.name: at for at, field in enumerate(FIELDS)}
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def arranged(facts: Mapping[str, str]) -> Facts:
    """The facts that are not empty, in the order of `FIELDS`.

    Raises:
        MalformedError: a name is not among them.
    """
    for name in facts:
        if name not in _PLACE:
            raise MalformedError(f"“{name[:40]}” is no fact an exhibit can state.")
    return tuple((one.name, facts[one.name]) for one in FIELDS if facts.get(one.name))


def check(facts: Facts) -> None:
    """Refuse facts that are unknown, out of order or repeated, too long, or that contradict.

    Raises:
        MalformedError: naming the fact.
    """
    last = -1
    for name, value in facts:
        place = _PLACE.get(name)
        if place is None:
            raise MalformedError(f"“{name[:40]}” is no fact an exhibit can state.")
        if place <= last:
            raise MalformedError(f"“{name}” is stated twice or in the wrong place.")
        last = place
        problem = wrong(FIELDS[place], value)
        if problem:
            raise MalformedError(problem)
    problem = contradiction(dict(facts))
    if problem:
        raise MalformedError(problem)


def contradiction(facts: Mapping[str, str]) -> str:
    """Why these facts cannot stand together; empty when they can."""
    size = sum(len(f"{name}{value}".encode()) for name, value in facts.items())
    if size > MAX_FACTS_BYTES:
        return f"The facts have {size} bytes together; at most {MAX_FACTS_BYTES} are allowed."
    if "H3" in facts.get("handling", "") and not facts.get("conditions"):
        return "Handling code H3 needs the conditions of use it stands for."
    return ""


def wrong(field: Field, value: str) -> str:
    """Why a value cannot be this fact's; empty when it can."""
    if not value or value != value.strip():
        return f"{field.label} is empty or begins or ends with a blank."
    if len(value) > field.limit:
        return f"{field.label} has {len(value)} characters; at most {field.limit} are allowed."
    if any(char < " " and not (char == "\n" and field.form is Form.LINES) for char in value):
        return f"{field.label} has control characters."
    match field.form:
        case Form.LINE | Form.LINES:
            return ""
        case Form.CHOICE:
            fits = value in field.choices
            return "" if fits else f"{field.label} must be one of {', '.join(field.choices)}."
        case Form.PATTERN:
            fits = re.fullmatch(field.pattern, value, re.ASCII) is not None
            return "" if fits else f"{field.label} must be written like {field.example}."
        case Form.PATH:
            fits = is_portable(value)
            return "" if fits else f"{field.label} must be {field.form.value}."
        case Form.MOMENT | Form.DAY:
            shape = _MOMENT if field.form is Form.MOMENT else _DAY
            fits = shape.fullmatch(value) is not None and moment(value) is not None
            return "" if fits else f"{field.label} must be {field.form.value}."


def is_portable(path: str) -> bool:
    """Whether it leads from a folder to a file inside it, and nowhere else on any system."""
    parts = path.split("/")
    return len(parts) > 1 and not any(part in {"", ".", ".."} or "\\" in part for part in parts)


def fits_name(facts: Facts, name: str) -> bool:
    """Whether the path that is stated, if one is, ends in the file's name."""
    path = dict(facts).get("folder-path", name)
    return path.rpartition("/")[2] == name


def moment(value: str) -> datetime | date | None:
    """What a `MOMENT` names: a day, or a time with its offset; None where it is neither."""
    try:
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except ValueError:
        return None


def digests(facts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The hashes at acquisition, hexadecimal, by algorithm."""
    stated = dict(facts)
    found = {name: stated.get(f"acquired-{name}", "") for name in DIGESTS}
    return {name: value for name, value in found.items() if value}
