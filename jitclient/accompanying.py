"""The sheet beside an exported exhibit: its marks, its facts, its hash, and how to check it.

Plain text in UTF-8. Marks stand in the first and the last line. What stands in a fact cannot pass
for a line of the sheet: its further lines are indented, and hidden characters are made visible.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from jitclient import factviews
from jitclient.foundation.text import visible
from jitclient.place import Place
from jitclient.views import Purpose
from localstore import permissions
from localstore.evidence import ExhibitRecord
from protocol.facts import Group
from protocol.ids import UserId

SUFFIX: Final = ".facts.txt"
_WIDE: Final = 26
_PURPOSES: Final = {
    Purpose.WORK: "working on the case",
    Purpose.COURT: "judicial proceedings",
}


def sheet(at: Place, record: ExhibitRecord, purpose: Purpose, name: str) -> str:
    """The text of the sheet beside an exhibit that is exported now as a file called `name`."""
    marks = "  ·  ".join(factviews.marks(record.facts)) or "No marks stated"
    lines = [marks, "", f"Exhibit {record.exhibit or 'without a number'}: {record.name}", ""]
    lines += _said("SHA-256", record.sha256.hex())
    lines += _said("Size", f"{record.size} bytes")
    lines += _said("Handed over by", at.name(UserId(record.author_user)))
    lines += _said("Exported by", at.session.me().name)
    lines += _said("Exported at", _when(at.now))
    lines += _said("Exported for", _PURPOSES[purpose])
    for given in permissions.of(at.sp, record.file):
        said = f"{given.code}, given by {given.given_by}, {given.reference}, {_when(given.at)}"
        lines += _said("Permission on record", said)
    for group in Group:
        found = [one for one in factviews.rows(record.facts) if one.group is group]
        if found:
            lines += ["", group.value]
        for one in found:
            lines += _said(one.label, one.value)
    lines += ["", "The facts are the word of who handed the exhibit over, signed with it.", ""]
    lines += ["To check the file beside this sheet, give this line to sha256sum -c:"]
    return "\n".join([*lines, f"{record.sha256.hex()}  {visible(name)}", "", marks, ""])


def _said(label: str, value: str) -> list[str]:
    first, *more = value.split("\n")
    return [f"  {label:{_WIDE}}{first}", *(f"  {'':{_WIDE}}{line}" for line in more)]


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
