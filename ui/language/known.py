"""The official languages of the Union, each by the name it gives itself. Pure."""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    "bg": "български",
    "cs": "čeština",
    "da": "dansk",
    "de": "Deutsch",
    "et": "eesti keel",
    "el": "ελληνικά",
    "en": "English",
    "es": "español",
    "fr": "français",
    "ga": "Gaeilge",
    "hr": "hrvatski",
    "it": "italiano",
    "lv": "latviešu valoda",
    "lt": "lietuvių kalba",
    "hu": "magyar",
    "mt": "Malti",
    "nl": "Nederlands",
    "pl": "polski",
    "pt": "português",
    "ro": "română",
    "sk": "slovenčina",
    "sl": "slovenščina",
    "fi": "suomi",
    "sv": "svenska",
}
"""All 24, in the order in which the Union lists them: by these names in Latin letters."""

COMPLETE: Final = tuple(NAMES)
"""Those with a whole catalogue. Only these are offered; a test holds each to it."""


def offered() -> tuple[tuple[str, str], ...]:
    """Code and own name of every language that is offered."""
    return tuple((code, name) for code, name in NAMES.items() if code in COMPLETE)


def nearest(wanted: str) -> str:
    """The offered language for a locale of the desktop, `de_AT.UTF-8` or `el-GR`; else English."""
    code = wanted.replace("-", "_").split("_")[0].split(".")[0].lower()
    return code if code in COMPLETE else "en"
