"""The made-up case: who is in it and what they say. Everybody's family name means "example".

The words are English in every language of the window: colleagues write as they like.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jitclient.training.ownstore import Guest

TRAINEE: Final = Guest(
    name="Alex Exemplo (training)",
    authority="Training prosecution office, Porto (made up)",
    country="PT",
    party="member-state",
)
MIRA: Final = Guest(
    name="Mira Beispiel (training)",
    authority="Training criminal police, Hamburg (made up)",
    country="DE",
    party="member-state",
)
PAVEL: Final = Guest(
    name="Pavel Příklad (training)",
    authority="Training customs, Brno (made up)",
    country="CZ",
    party="member-state",
)
GUESTS: Final = (TRAINEE, MIRA, PAVEL)

TITLE: Final = "Training: Operation Paper Boat"
AGREEMENT: Final = "TRAINING 2026/1 PT-DE-CZ"
CASE: Final = "TRAINING 1/26"

GREETING: Final = (
    "Welcome to Operation Paper Boat. The case is made up: a firm that does not exist sends "
    "bananas that nobody has weighed."
)
QUESTION: Final = "Has anybody the list of consignments for the last quarter?"
ANSWER: Final = "It is on its way: exhibit T-2. The second container is the odd one."
TO_TRAINEE: Final = " could you look at exhibit T-1 and tell us what you think? There is no hurry."
REPLY: Final = (
    "Thank you, it arrived and it was opened here. In a real case I would now answer properly; "
    "as a made-up colleague I only answer once."
)
RECEIVED: Final = (
    "I have your file: downloaded, and its hash is the one you signed. My signed receipt is on "
    "its way to you."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A file that a colleague hands over, by the name of its maker in `material`."""

    file: str
    number: str
    facts: tuple[tuple[str, str], ...]


PHOTO: Final = Exhibit(
    file="container-door.png",
    number="T-1",
    facts=(
        ("title", "Door of container TRNU 000000-5 (drawn, not photographed)"),
        ("kind", "other"),
        ("acquired-by", "Pavel Příklad"),
        ("place", "Training yard, Brno"),
        ("country", "CZ"),
        ("seal", "TRAINING 0001"),
        ("description", "A picture made for this training. The seal is open."),
    ),
)
LIST: Final = Exhibit(
    file="consignments.csv",
    number="T-2",
    facts=(
        ("title", "Consignments of the last quarter (invented)"),
        ("kind", "documents"),
        ("acquired-by", "Mira Beispiel"),
        ("place", "Training office, Hamburg"),
        ("country", "DE"),
        ("language", "en"),
    ),
)
NOTE: Final = Exhibit(
    file="interview-note.txt",
    number="T-3",
    facts=(
        ("title", "Note of an interview that never took place"),
        ("kind", "statement"),
        ("acquired-by", "Mira Beispiel"),
        ("country", "DE"),
        ("language", "en"),
        ("handling", "H1"),
    ),
)
DETECTION: Final = (
    ("number", "T-4"),
    ("case", CASE),
    ("post", "Training yard, Brno"),
    ("officer", "Pavel Příklad"),
    ("authority", "Training customs, Brno (made up)"),
    ("means", "container"),
    ("means-number", "TRNU 000000-5"),
    ("declared", "Bananas"),
    ("found", "Paper boats, 400 pieces"),
    ("control", "scan+physical"),
    ("seals", "TRAINING 0001"),
)
SCAN: Final = "scan.png"
