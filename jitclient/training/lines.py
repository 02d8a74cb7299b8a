"""What the processes of a training say to each other: one JSON object a line, over their pipes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from protocol.errors import MalformedError

MAX_LINE_BYTES: Final = 64 * 1024

ASKED: Final = "asked"
"""To the store's process: the words of `jitstore` commands, one list each."""
SAID: Final = "said"
"""From it: what one of them printed."""
STATUS: Final = "status"
STEP: Final = "step"
"""From the director: what is being made now, a value of `house.Step`."""
READY: Final = "ready"
FAILED: Final = "failed"
ERASED: Final = "erased"


def written(**said: object) -> str:
    """One line, with its end."""
    return json.dumps(said) + "\n"


def read(line: str | bytes) -> Mapping[str, Any]:
    """One line of the other process.

    Raises:
        MalformedError: too long, or no JSON object.
    """
    if len(line) > MAX_LINE_BYTES:
        raise MalformedError("The training's other process said too much at once.")
    try:
        found = json.loads(line)
    except ValueError as error:
        raise MalformedError("The training's other process said what cannot be read.") from error
    if not isinstance(found, dict):
        raise MalformedError("The training's other process said what cannot be read.")
    return found
