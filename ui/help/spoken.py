"""The words of the help in the language in use: catalogues of their own, `resources/help/LANG.po`.

The key is the English piece as it stands on its page. One whose English was changed has another
key, so it is shown in English and never with a translation of what it said before. Pure.
"""

from __future__ import annotations

from functools import lru_cache

from resources import path
from ui.help.page import Page, read
from ui.language import chosen
from ui.language.catalogue import SOURCE
from ui.language.po import Catalogue
from ui.language.po import read as catalogue


def written(name: str) -> Page:
    """A page as its file has it, in the language in use as far as that goes."""
    return said(name, path(f"help/{name}.md").read_text(encoding="utf-8"), chosen())


def said(name: str, text: str, code: str) -> Page:
    """The page of this text in a language."""
    if code == SOURCE:
        return read(name, text)
    known = _catalogue(code)
    missing: list[str] = []

    def say(english: str) -> str:
        if not known.has(english):
            missing.append(english)
        return known.one(english)

    page = read(name, text, say)
    return Page(page.name, page.title, page.sections, english=bool(missing))


@lru_cache(maxsize=1)
def _catalogue(code: str) -> Catalogue:
    try:
        return catalogue(path(f"help/{code}.po").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Catalogue()
