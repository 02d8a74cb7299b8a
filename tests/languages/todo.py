"""What is not translated yet, as JSON: `python -m tests.languages.todo de > todo.json`.

Fill in every `translation` and give the file to `python -m tests.languages.put de todo.json`. Where
the source counts, `translation` is a list: one form for each entry of `forms`, in that order.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from tests.languages.catalogues import (
    FOLDER,
    HELP,
    Text,
    before,
    examples,
    forms,
    said,
    wanted,
)
from tests.languages.message import Message
from tests.languages.rules import RULES
from ui.language.known import NAMES

_NEAR: Final = 0.72
_SHORT: Final = 40
_LABEL: Final = re.compile(r"[A-Z][^.{}]*[^.{}… ]…?")
"""A button, a column, a state: what a longer text may speak of by its name."""


def todo(code: str) -> dict[str, Any]:
    """Everything that is missing in a language."""
    made: dict[str, Any] = {
        "language": code,
        "name": NAMES[code],
        "rules": RULES.splitlines(),
        "forms": examples(code),
        "messages": _missing(code, FOLDER),
        "help": _missing(code, HELP),
    }
    texts = [one["english"] for part in ("messages", "help") for one in made[part]]
    return {**made, "names": _names(code, texts)}


def _missing(code: str, folder: Path) -> list[dict[str, Any]]:
    known = said(code, folder)
    also = {text: form[0] for (_, text), form in said(code, FOLDER).items()}
    gone = {key[1]: text for key, text in before(code, folder).items()}
    return [
        _entry(one, code, gone, also) for key, one in wanted(folder).items() if key not in known
    ]


def _entry(one: Message, code: str, gone: dict[str, Text], also: dict[str, str]) -> dict[str, Any]:
    """A title of the help that is a title of the window has its translation already."""
    made: dict[str, Any] = {"where": one.where, "english": one.text}
    if one.context:
        made["context"] = one.context
    if one.plural:
        made["plural"] = one.plural
    near = difflib.get_close_matches(one.text, gone, n=1, cutoff=_NEAR)
    if near:
        made["was"] = {"english": near[0], "translation": gone[near[0]]}
    made["translation"] = [""] * forms(code) if one.plural else also.get(one.text, "")
    return made


def _names(code: str, texts: list[str]) -> dict[str, str]:
    """What the window calls things that the texts speak of: the same word is to stand in both."""
    every = "\n".join(texts)
    return {
        text: form[0]
        for (_, text), form in sorted(said(code, FOLDER).items())
        if len(text) < _SHORT
        and _LABEL.fullmatch(text)
        and re.search(rf"\b{re.escape(text)}", every)
    }


def main() -> None:
    """Write it to the standard output."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("language", choices=sorted(set(NAMES) - {"en"}))
    found = todo(asked.parse_args().language)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
