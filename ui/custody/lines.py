"""Lines of the log, and which are kept: by words, who, what, object and days. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Final

WORDS: Final = "log-filter"
REST: Final = "log-filters"
_BETWEEN: Final = "\n"  # no name and no field of one line has it


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry."""

    seq: int
    at: str
    exact: str
    actor: str
    what: str
    subject: str
    detail: str
    hash: str

    @property
    def day(self) -> str:
        """Of the viewer's zone: `2026-11-28`."""
        return self.exact[:10]

    @property
    def text(self) -> str:
        """What words are looked for in."""
        return f"{self.at} {self.actor} {self.what} {self.subject} {self.detail}".casefold()


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What an entry must have; empty: nothing is asked. Days as `2026-11-28`, both counted in."""

    words: str = ""
    actor: str = ""
    what: str = ""
    about: str = ""
    since: str = ""
    until: str = ""

    @property
    def beside(self) -> bool:
        """Whether more than words are asked."""
        return any((self.actor, self.what, self.about, self.since, self.until))

    def keep(self, lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
        """The entries that have all of it."""
        words, about = self.words.casefold().split(), self.about.casefold()
        asked: list[Callable[[LogLine], bool]] = []
        if self.actor:
            asked.append(lambda one: one.actor == self.actor)
        if self.what:
            asked.append(lambda one: one.what == self.what)
        if about:
            asked.append(lambda one: about in one.subject.casefold())
        if self.since:
            asked.append(lambda one: one.day >= self.since)
        if self.until:
            asked.append(lambda one: one.day <= self.until)
        if words:
            asked.append(lambda one: all(word in one.text for word in words))
        return tuple(one for one in lines if all(has(one) for has in asked))

    def noted(self) -> str:
        """All but the words, as it is remembered of a space; empty where nothing is asked."""
        if not self.beside:
            return ""
        return _BETWEEN.join(getattr(self, name) for name in _NOTED)


EVERYTHING: Final = LogFilter()
_NOTED: Final = tuple(one.name for one in fields(LogFilter) if one.name != "words")


def remembered(words: str, noted: str) -> LogFilter:
    """What was noted; what cannot be read is nothing."""
    kept = noted.split(_BETWEEN)
    rest = dict(zip(_NOTED, kept, strict=True)) if len(kept) == len(_NOTED) else {}
    return LogFilter(words=words, **rest)
