"""Catalogues of the window and of the help: in step with the sources, filled from the CLDR."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from gettext import c2py
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.pofile import read_po, write_po

from tests.architecture.tree import ROOT
from tests.languages.message import Message
from tests.languages.pages import pieces
from tests.languages.source import messages
from ui.language import dates
from ui.language.po import read

FOLDER: Final = ROOT / "resources/languages"
HELP: Final = ROOT / "resources/help"
_KEPT: Final = 200
Key = tuple[str, str]
Text = str | list[str]
_FEW: Final = "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14)"
_TEENS: Final = "n%100>=11 && n%100<=19"
TWO: Final = (2, "n != 1")
PLURALS: Final = {
    "cs": (3, "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2"),
    "fr": (2, "n > 1"),
    "ga": (5, "n==1 ? 0 : n==2 ? 1 : n>=3 && n<=6 ? 2 : n>=7 && n<=10 ? 3 : 4"),
    "hr": (3, f"n%10==1 && n%100!=11 ? 0 : {_FEW} ? 1 : 2"),
    "lt": (3, f"n%10==1 && !({_TEENS}) ? 0 : n%10>=2 && !({_TEENS}) ? 1 : 2"),
    "lv": (3, f"n%10==0 || {_TEENS} ? 0 : n%10==1 && n%100!=11 ? 1 : 2"),
    "mt": (5, f"n==1 ? 0 : n==2 ? 1 : n==0 || n%100>=3 && n%100<=10 ? 2 : {_TEENS} ? 3 : 4"),
    "pl": (3, f"n==1 ? 0 : {_FEW} ? 1 : 2"),
    "ro": (3, "n==1 ? 0 : n==0 || n%100>=1 && n%100<=19 ? 1 : 2"),
    "sk": (3, "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2"),
    "sl": (4, "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3"),
}
"""Languages that count otherwise than one and many. A test compares with the CLDR."""
CLDR: Final = {"en": "en_IE", "pt": "pt_PT"}
"""Which locale of the CLDR, where the language alone would mean another continent's."""
_QUOTED: Final = re.compile("'[^']*'")
_SHOWN: Final = re.compile(r"'([^']*)'|(d{1,2}|M{1,4}|L{1,4}|y|H{1,2}|mm)|([^'dMLyHm]+)")


def path_of(code: str, folder: Path = FOLDER) -> Path:
    """Where the catalogue of a language lies; `folder` is that of the window or of the help."""
    return folder / f"{code}.po"


def load(code: str, folder: Path = FOLDER) -> Catalog:
    """The catalogue of a language as Babel reads it; empty when there is none."""
    if not path_of(code, folder).exists():
        return Catalog(locale=CLDR.get(code, code))
    with path_of(code, folder).open("rb") as file:
        return read_po(file, locale=CLDR.get(code, code))


def said(code: str, folder: Path = FOLDER) -> dict[Key, tuple[str, ...]]:
    """What a catalogue says, as the window reads it; nothing when there is none."""
    path = path_of(code, folder)
    return read(path.read_text(encoding="utf-8")).forms if path.exists() else {}


def before(code: str, folder: Path) -> dict[Key, Text]:
    """What it said of sentences that are wanted no more."""
    gone = load(code, folder).obsolete.values()
    return {_asked(one): _text(one) for one in gone}


def wanted(folder: Path) -> dict[tuple[str, str], Message]:
    """What a catalogue is to say, in the order in which it stands there."""
    if folder == HELP:
        return pieces()
    return dict(sorted(messages().items(), key=lambda item: (_file(item[1]), item[0])))


def updated(
    code: str, folder: Path = FOLDER, new: Mapping[Key, Text] = MappingProxyType({})
) -> bytes:
    """The catalogue with exactly what is wanted; known translations are kept, `new` ones put in.

    What is wanted no more is kept as a remark at the end: it helps to translate what came instead.
    """
    old = load(code, folder)
    made = Catalog(locale=CLDR.get(code, code), project="JIT Client", charset="utf-8", fuzzy=False)
    given = {**new, **(from_cldr(code) if folder == FOLDER else {})}
    for key, one in wanted(folder).items():
        known = old.get(one.text, one.context or None)
        string: Any = known.string if known is not None and not known.fuzzy else ""
        if one.plural and not isinstance(string, tuple | list):
            string = [string] + [""] * (forms(code) - 1)
        made.add(
            (one.text, one.plural) if one.plural else one.text,
            given.get(key, string),
            locations=[(one.where if folder == HELP else _file(one), 0)],
            context=one.context or None,
        )
    _keep_what_was(made, old)
    return _written(made, code)


def _keep_what_was(made: Catalog, old: Catalog) -> None:
    """Only whole translations, and no more than `_KEPT` of them: the youngest stand last."""
    now = {_asked(one) for one in made}
    gone = [
        *old.obsolete.values(),
        *(one for one in old if one.id and _asked(one) not in now),
    ]
    for one in [one for one in gone if one.string and _asked(one) not in now][-_KEPT:]:
        made.obsolete[one.id if isinstance(one.id, str) else one.id[0]] = one


def _asked(one: BabelMessage) -> Key:
    return one.context or "", one.id if isinstance(one.id, str) else one.id[0]


def _text(one: BabelMessage) -> Text:
    return one.string if isinstance(one.string, str) else list(one.string or ())


def _file(one: Message) -> str:
    return one.where.partition(":")[0]


def _written(made: Catalog, code: str) -> bytes:
    count: Any = forms(code)
    made._num_plurals = count  # Babel counts the millions of French, too
    out = io.BytesIO()
    write_po(out, made, width=100, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n"Language: ' + code + '\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural_forms(code)}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def plural_forms(code: str) -> str:
    """The header of gettext for a language, as translators' tools write it."""
    count, formula = PLURALS.get(code, TWO)
    return f"nplurals={count}; plural=({formula});"


def forms(code: str) -> int:
    """How many forms a catalogue of this language has."""
    return PLURALS.get(code, TWO)[0]


def examples(code: str) -> list[list[int]]:
    """For each form a few of the numbers it is for."""
    plural = c2py(PLURALS.get(code, TWO)[1])
    numbers = [[n for n in range(201) if plural(n) == form] for form in range(forms(code))]
    return [of[:4] + of[-1:] for of in numbers]


def from_cldr(code: str) -> dict[tuple[str, str], str]:
    """Names of months and days, patterns of dates and numbers: (context, source) -> translation."""
    of = Locale.parse(CLDR.get(code, code))
    found = {
        (context, english): name
        for context, english, name in (
            *((dates.MONTH, one, of.months["format"]["wide"][at])
              for at, one in enumerate(dates.MONTHS, 1)),
            *((dates.SHORT_MONTH, one, of.months["format"]["abbreviated"][at])
              for at, one in enumerate(dates.SHORT_MONTHS, 1)),
            *((dates.WEEKDAY, one, of.days["stand-alone"]["wide"][at])
              for at, one in enumerate(dates.WEEKDAYS)),
        )
    }  # fmt: skip
    found[dates.DATE, dates.LONG] = _pattern(of.date_formats["long"].pattern)
    found[dates.SHORT_DATE, dates.LONG] = _pattern(of.datetime_skeletons["yMMMd"].pattern)
    found[dates.TIME, dates.CLOCK] = _pattern(_of_24_hours(of))
    symbols = of.number_symbols["latn"]
    found["between thousands", ","] = symbols["group"]
    found["decimal", "."] = symbols["decimal"]
    return found


def _of_24_hours(of: Locale) -> str:
    """A time in a record says without a second word whether it was morning."""
    short: str = of.time_formats["short"].pattern
    skeleton: str = of.datetime_skeletons["Hm"].pattern
    return skeleton if "h" in _QUOTED.sub("", short) else short


def _pattern(cldr: str) -> str:
    """`d. MMMM y` as `{day}. {month} {year}`."""
    made = []
    for quoted, field, rest in _SHOWN.findall(cldr):
        match field:
            case "d" | "dd":
                made.append("{day}" if field == "d" else "{dd}")
            case "M" | "MM" | "L" | "LL":
                made.append("{mm}")
            case "MMM" | "MMMM" | "LLL" | "LLLL":
                made.append("{month}")
            case "y":
                made.append("{year}")
            case "H" | "HH":
                made.append("{hour}" if field == "H" else "{hh}")
            case "mm":
                made.append("{minute}")
            case _ if re.search("[A-Za-z]", rest):
                raise ValueError(cldr)
            case _:
                made.append(quoted or rest)
    return "".join(made)
