"""The form of a customs detection: its fields, the same in the window and on the command line.

Part of what both faces show, as `jitclient.views`. Spec: docs/protocol/52-detections.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jitclient.views import ExhibitRow
from protocol.errors import JitError
from protocol.facts import BY_NAME as FACTS
from protocol.facts import Field, Form, Group
from protocol.limits import MAX_EXHIBIT_CHARS

NUMBER: Final = "number"
MEANS: Final = ("container", "vessel", "flight", "vehicle", "parcel", "other")
CONTROLS: Final = (
    "scan", "dog", "physical", "scan+dog", "scan+physical", "dog+physical", "scan+dog+physical",
)  # fmt: skip
WORDS: Final = {
    "container": "Container",
    "vessel": "Vessel",
    "flight": "Flight",
    "vehicle": "Vehicle",
    "parcel": "Parcel",
    "other": "Other",
    "scan": "Scan",
    "dog": "Dog",
    "physical": "Physical control",
    "yes": "Yes",
    "no": "No",
}
"""What the choices are called; a control of several kinds is joined by `+`."""
MAX_LINES_CHARS: Final = 500
MAX_IMAGES: Final = 200
_ANY: Final = Group.ITEM  # headings are those of SECTIONS
_SHORT: Final = MAX_EXHIBIT_CHARS


def _chosen(name: str, label: str, choices: tuple[str, ...]) -> Field:
    return Field(name, label, _ANY, Form.CHOICE, max(map(len, choices)), choices)


def _text(name: str, label: str) -> Field:
    return Field(name, label, _ANY, Form.LINES, MAX_LINES_CHARS)


SECTIONS: Final[tuple[tuple[str, tuple[Field, ...]], ...]] = (
    (
        "Where and when",
        (
            Field(NUMBER, "Exhibit number", _ANY, limit=_SHORT),
            Field("case", "National case number", _ANY, limit=_SHORT),
            Field("post", "Port, airport or border post", _ANY),
            Field("detected-at", "Detected at", _ANY, Form.MOMENT, 32),
            Field("officer", "Officer", _ANY),
            Field("authority", "Authority", _ANY),
        ),
    ),
    (
        "Means and papers",
        (
            _chosen("means", "Means of transport", MEANS),
            Field("means-number", "Container, vessel, flight, plate or parcel", _ANY),
            Field("declaration", "Declaration number", _ANY, limit=_SHORT),
            Field("route", "Route", _ANY),
            Field("consignor", "Consignor", _ANY),
            Field("consignee", "Consignee", _ANY),
        ),
    ),
    (
        "Goods",
        (
            _text("declared", "Goods declared"),
            _text("found", "Goods found"),
            Field("quantity", "Quantity", _ANY),
        ),
    ),
    (
        "Control",
        (
            _chosen("control", "Kind of control", CONTROLS),
            Field("samples", "Samples", _ANY),
            Field("seals", "Seals", _ANY),
            _chosen("controlled-delivery", "Controlled delivery considered", ("yes", "no")),
        ),
    ),
    (
        "What follows",
        (
            Field("prosecutor-at", "Prosecutor informed at", _ANY, Form.MOMENT, 32),
            Field("recipients", "Proposed recipients", _ANY),
        ),
    ),
    ("Handling and use", tuple(FACTS[one] for one in ("handling", "tlp", "marking", "conditions"))),
)
FIELDS: Final = tuple(one for _, fields in SECTIONS for one in fields)
BY_NAME: Final = {one.name: one for one in FIELDS}
STARRED: Final = (NUMBER, "case", "post", "detected-at", "officer", "authority", "found", "control")
"""What must be filled in before it can be handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A detection as it is filled in: values by the names of `FIELDS`, and files with images."""

    form: tuple[tuple[str, str], ...] = ()
    images: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of it: the exhibit of the form, those of its images, and what did not go."""

    form: ExhibitRow
    images: tuple[ExhibitRow, ...]
    refused: tuple[tuple[Path, JitError], ...]
