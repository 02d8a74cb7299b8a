"""Finding rows by what stands in them, the newest first, in steps that are short (space.db).

The index names rows that have the rarest triples of what is looked for; each of them is then
looked at itself, so that what is found is what was asked for, whatever the index says. Words of
one or two letters have no triple: the newest rows are looked at one by one, and if that is not
enough, all triples that begin with them. Spec: docs/protocol/81-local-store.md §9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from localstore import searchindex
from localstore.connection import Connection
from localstore.folding import trace
from localstore.searchindex import Subject, folded, traced

STEP_ROWS: Final = 1_500
"""So many rows are looked at in one step: about 20 ms of the database thread."""
_TRIPLE: Final = 3
_FEWEST: Final = 6  # triples asked for, where a query has so many;
_MOST: Final = 8  # further ones cost more than the rows they keep out
_SAMPLE: Final = 400
_SCANNED: Final = 2 * STEP_ROWS  # before the index is asked for a word without a triple
_NOWHERE: Final = "\1\1\1"  # folding leaves no control characters
_BEGINNINGS: Final = 400  # more triples than that begin with something common

_PLACES: Final = """
    WITH RECURSIVE place (at) AS (
        SELECT 1 UNION ALL SELECT at + :step FROM place WHERE at + :step <= :top
    ) SELECT at FROM place"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: every term (folded, not empty) stands in the row, and `keep` says yes.

    `columns` are those that `keep` needs beside those of the text, `more` values that stand in
    other tables: an expression for each.
    """

    terms: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    keep: Callable[[Mapping[str, Any]], bool] = lambda _: True


class Finder:
    """One search in one table; between its steps the database may be used, even closed.

    Args:
        key: the column with a row's id, 16 bytes.
        below: positions at and above it are left out: what an earlier search has shown.
    """

    def __init__(
        self,
        sp: Connection,
        subject: Subject,
        wanted: Wanted,
        *,
        key: str,
        below: int | None = None,
    ) -> None:
        self._subject = subject
        self._wanted = wanted
        own = ("position", key, *dict.fromkeys((*subject.columns, *wanted.columns)))
        self._names = (*own, *wanted.more)
        asked = (*(f"{subject.table}.{name}" for name in own), *wanted.more.values())
        self._columns = ", ".join(asked)
        self._key = key
        self._traces = tuple(filter(None, map(trace, wanted.terms)))
        self._scanned = self._turned = 0
        self._match = _match(sp, subject, wanted.terms)
        self.below = below if below is not None else _top(sp, subject) + 1
        """Everything at and above this position was looked at."""
        self.done = False

    def step(self, sp: Connection, limit: int) -> list[tuple[int, bytes]]:
        """Look at the next rows: (position, id) of at most `limit` that are found.

        Sets `done` when there are no more rows to look at.
        """
        if self._wanted.terms and not self._match and self._scanned >= _SCANNED > self._turned:
            self._turned = self._scanned
            self._match = _beginning(sp, self._subject, self._wanted.terms)
        found: list[tuple[int, bytes]] = []
        looked = 0
        for values in self._candidates(sp):
            row = dict(zip(self._names, values, strict=True))
            self.below = row["position"]
            if self._fits(row):
                found.append((row["position"], bytes(row[self._key])))
            looked += 1
            if looked == STEP_ROWS or len(found) == limit:
                break
        else:
            self.done = True
        self._scanned += looked
        return found

    def _fits(self, row: Mapping[str, Any]) -> bool:
        if not self._wanted.keep(row):
            return False
        if self._traces:
            left = traced(self._subject, row)
            if not all(one in left for one in self._traces):
                return False
        text = folded(self._subject, row)
        return bool(text) and all(term in text for term in self._wanted.terms)

    def _candidates(self, sp: Connection) -> Iterable[tuple[Any, ...]]:
        """The rows to look at; with an index first those that it does not know yet."""
        if not self._match:
            return self._each(sp, 0)
        start = searchindex.fresh(sp, self._subject)
        if not start or start >= self.below:
            return self._indexed(sp, self.below)
        return chain(self._each(sp, start), self._indexed(sp, start))

    def _each(self, sp: Connection, start: int) -> Iterable[tuple[Any, ...]]:
        return sp.execute(
            f"SELECT {self._columns} FROM {self._subject.table}"  # noqa: S608 - our names
            " WHERE position < :below AND position >= :start ORDER BY position DESC",
            {"below": self.below, "start": start},
        )

    def _indexed(self, sp: Connection, below: int) -> Iterable[tuple[Any, ...]]:
        table, index = self._subject.table, self._subject.index
        return sp.execute(
            f"SELECT {self._columns} FROM {index} JOIN {table} ON position = {index}.rowid"  # noqa: S608
            f" WHERE {index} MATCH :match AND {index}.rowid < :below"
            f" ORDER BY {index}.rowid DESC",
            {"match": self._match, "below": below},
        )


def _top(sp: Connection, subject: Subject) -> int:
    sql = f"SELECT coalesce(max(position), 0) FROM {subject.table}"  # noqa: S608
    return int(sp.execute(sql).fetchall()[0][0])


def _match(sp: Connection, subject: Subject, terms: tuple[str, ...]) -> str:
    """The triples of the terms that leave the fewest rows, as FTS5 reads them; empty: no triple."""
    triples = {term[at : at + _TRIPLE] for term in terms for at in range(len(term) - _TRIPLE + 1)}
    if not triples:
        return ""
    sample = _sample(sp, subject)
    there = {one: sum(1 << at for at, text in enumerate(sample) if one in text) for one in triples}
    chosen = _narrowest(there, (1 << len(sample)) - 1)
    chosen += _of_each_piece(terms, there, chosen)
    for triple in sorted(triples, key=lambda one: (there[one].bit_count(), one)):
        if len(chosen) >= _FEWEST:
            break
        chosen += [triple] if triple not in chosen else []
    return " AND ".join(map(_quoted, chosen[:_MOST]))


def _narrowest(there: Mapping[str, int], left: int) -> list[str]:
    """One triple after the other, each the one with which the fewest rows of the sample are left.

    Letters that touch go together, so how rare each is by itself does not say that.
    """
    chosen: list[str] = []
    while len(chosen) < _FEWEST:
        best = min(there, key=lambda one: ((left & there[one]).bit_count(), there[one], one))
        if (left & there[best]) == left:
            break
        left &= there[best]
        chosen.append(best)
    return chosen


def _of_each_piece(
    terms: Iterable[str], there: Mapping[str, int], chosen: Sequence[str]
) -> list[str]:
    """The rarest triple of every word, and of every seam between two, that has none yet."""
    found: list[str] = []
    for term in terms:
        pieces: dict[tuple[bool, int], list[str]] = {}
        for at in range(len(term) - _TRIPLE + 1):
            triple = term[at : at + _TRIPLE]
            seam = triple.find(" ")
            piece = (True, at + seam) if seam >= 0 else (False, term[:at].count(" "))
            pieces.setdefault(piece, []).append(triple)
        for some in pieces.values():
            if not any(one in chosen or one in found for one in some):
                found.append(min(some, key=lambda one: (there[one].bit_count(), one)))
    return found


def _beginning(sp: Connection, subject: Subject, terms: tuple[str, ...]) -> str:
    """All triples that begin with the longest of the terms; empty: they are too many."""
    start = max(terms, key=len)
    vocabulary = f"{subject.table}_triple"
    sp.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{vocabulary}"
        f" USING fts5vocab (main, {subject.index}, row)"
    )
    found = sp.execute(
        f"SELECT term FROM temp.{vocabulary} WHERE term >= :first AND term < :last"  # noqa: S608
        " LIMIT :limit",
        {"first": start, "last": f"{start}\U0010ffff", "limit": _BEGINNINGS + 1},
    ).fetchall()
    if len(found) > _BEGINNINGS:
        return ""
    return " OR ".join(_quoted(str(term)) for (term,) in found) or _quoted(_NOWHERE)


def _sample(sp: Connection, subject: Subject) -> list[str]:
    """Some texts from everywhere in the table, read once for as long as it is open."""
    name = f"{subject.table}_sample"
    known = "SELECT 1 FROM temp.sqlite_schema WHERE name = :name"
    if not sp.execute(known, {"name": name}).fetchall():
        sp.execute(f"CREATE TEMP TABLE {name} (text TEXT NOT NULL) STRICT")
        columns = ", ".join(subject.columns)
        top = _top(sp, subject)
        found = sp.execute(
            f"SELECT {columns} FROM {subject.table} WHERE position IN ({_PLACES})",  # noqa: S608
            {"step": max(1, top // _SAMPLE), "top": top},
        ).fetchall()
        texts = [folded(subject, dict(zip(subject.columns, row, strict=True))) for row in found]
        sp.executemany(f"INSERT INTO temp.{name} (text) VALUES (?)", [(one,) for one in texts])  # noqa: S608
    return [str(text) for (text,) in sp.execute(f"SELECT text FROM temp.{name}")]  # noqa: S608


def _quoted(triple: str) -> str:
    return '"' + triple.replace('"', '""') + '"'
