"""Dates and times of day as the language writes them. Pure.

Names and patterns stand in the catalogues like any other text; `make languages` takes them from the
Unicode CLDR, and a test compares. The English ones are those of Ireland.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from ui.language.catalogue import pattern

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
MONTH: Final = "month in a date"
SHORT_MONTH: Final = "short month in a date"
WEEKDAY: Final = "weekday"
DATE: Final = "date"
SHORT_DATE: Final = "short date"
TIME: Final = "time of day"
LONG: Final = "{day} {month} {year}"
"""May also hold {dd} (two digits) and {mm} (the month as two digits)."""
CLOCK: Final = "{hh}:{minute}"
"""May also hold {hour} (without a zero in front)."""


def long_date(of: date) -> str:
    """`18 November 2026`."""
    return _date(of, pattern(DATE, LONG), pattern(MONTH, MONTHS[of.month - 1]))


def short_date(of: date) -> str:
    """`18 Nov 2026`."""
    return _date(of, pattern(SHORT_DATE, LONG), pattern(SHORT_MONTH, SHORT_MONTHS[of.month - 1]))


def weekday(of: date) -> str:
    """`Wednesday`."""
    return pattern(WEEKDAY, WEEKDAYS[of.weekday()])


def clock(at: datetime) -> str:
    """`14:05`."""
    return pattern(TIME, CLOCK).format(hh=f"{at.hour:02d}", hour=at.hour, minute=f"{at.minute:02d}")


def offset(at: datetime) -> str:
    """`UTC+01:00`, or `UTC`."""
    total = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    if not total:
        return "UTC"
    return f"UTC{'-' if total < 0 else '+'}{abs(total) // 60:02d}:{abs(total) % 60:02d}"


def _date(of: date, form: str, month: str) -> str:
    return form.format(
        day=of.day, dd=f"{of.day:02d}", month=month, mm=f"{of.month:02d}", year=of.year
    )
