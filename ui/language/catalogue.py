"""The catalogue in use: sentences, plural forms and numbers. One for the process, as Qt's is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol, TypeVar, runtime_checkable

from resources import path
from ui.language.po import Catalogue, read

SOURCE: Final = "en"
"""What the sources are written in: English as in Ireland."""

K = TypeVar("K")
V = TypeVar("V")


class _Chosen:
    """The language in use, its catalogue, and a test's way to change every sentence."""

    code: str = SOURCE
    catalogue: Catalogue = Catalogue()
    altered: Callable[[str], str] | None = None


def choose(code: str, *, altered: Callable[[str], str] | None = None) -> None:
    """Speak this language from now on; what is on the screen stays as it is.

    Args:
        code: `en`, or a catalogue of `resources/languages`.
        altered: changes every sentence before its values are put in (the pseudo-language).

    Raises:
        FileNotFoundError: there is no such catalogue.
    """
    if code == SOURCE:
        _Chosen.catalogue = Catalogue()
    else:
        _Chosen.catalogue = read(path(f"languages/{code}.po").read_text(encoding="utf-8"))
    _Chosen.code = code
    _Chosen.altered = altered


def chosen() -> str:
    """The code of the language in use."""
    return _Chosen.code


def mark(text: str) -> str:
    """Words of a table that are translated where they are shown; says so to whoever reads it."""
    return text


def plain_english() -> bool:
    """Whether every sentence is shown as the source has it."""
    return _Chosen.code == SOURCE and _Chosen.altered is None


def translated(text: str) -> bool:
    """Whether the language in use has this sentence."""
    return _Chosen.altered is not None or _Chosen.catalogue.has(text)


def tr(text: str, /, **values: object) -> str:
    """The sentence in the language in use, with its values in their places: `{name}`."""
    return _put(_Chosen.catalogue.one(text), values)


def trc(context: str, text: str, /, **values: object) -> str:
    """As `tr`, where one English word means two things; `context` says which."""
    return _put(_Chosen.catalogue.one(text, context), values)


def pattern(context: str, text: str) -> str:
    """As `trc`, for what is filled in and no sentence: names of months, forms of dates."""
    return _Chosen.catalogue.one(text, context)


def trn(one: str, more: str, count: int, /, **values: object) -> str:
    """The form of a sentence that goes with a count, which stands at `{count}`."""
    form = _Chosen.catalogue.many(one, more, count)
    return _put(form, {"count": number(count), **values})


def number(value: float, digits: int = 0) -> str:
    """A number with the separators of the language: `12,500`, `1.4`."""
    plain = f"{value:,.{digits}f}"
    whole, _, part = plain.partition(".")
    whole = whole.replace(",", pattern("between thousands", ","))
    return f"{whole}{pattern('decimal', '.')}{part}" if part else whole


def _put(text: str, values: Mapping[str, object]) -> str:
    if _Chosen.altered is not None:
        text = _Chosen.altered(text)
    return text.format(**values) if values else text


@runtime_checkable
class Spoken(Protocol):
    """Something of a table that has words in it."""

    def spoken(self) -> Spoken:
        """The same in the language in use."""
        ...


class Table(Mapping[K, V]):
    """A table of marked words, which are translated when they are looked up."""

    def __init__(self, rows: Mapping[K, V]) -> None:
        self._rows = dict(rows)

    def __getitem__(self, key: K) -> V:
        return _spoken(self._rows[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _spoken(value: V) -> V:
    if isinstance(value, str):
        return tr(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_spoken(one) for one in value)  # type: ignore[return-value]
    if isinstance(value, Spoken):
        return value.spoken()  # type: ignore[return-value]
    return value
