"""What the tasks are called and how each is done."""

from __future__ import annotations

from typing import Final

from ui.language import mark, tr
from ui.training.state import Task

_TASKS: Final = {
    Task.MESSAGE: (
        mark("Send a message"),
        mark("In Conversation. A prepared colleague answers your first one."),
    ),
    Task.VERIFY: (
        mark("Verify a safety number"),
        mark("In People. While you compare, your colleague's digits are read out above."),
    ),
    Task.FILE: (
        mark("Hand over a file"),
        mark("In Evidence. Take a file without content of a case; one is prepared."),
    ),
    Task.TAG: (
        mark("Tag an exhibit"),
        mark("In Evidence. Choose an exhibit and give it a word of your own."),
    ),
    Task.CUSTODY: (
        mark("See the custody log"),
        mark("In Log. Every act with an exhibit stands there."),
    ),
    Task.CLOSE: (
        mark("Close the space"),
        mark("In Closing, as the last thing. Every copy is wiped, on all computers."),
    ),
}


def title(task: Task) -> str:
    """What is to be tried."""
    return tr(_TASKS[task][0])


def how(task: Task) -> str:
    """Where, and what will happen."""
    return tr(_TASKS[task][1])


def groups(digits: str) -> str:
    """Sixty digits as they are read aloud."""
    return " ".join(digits[i : i + 5] for i in range(0, len(digits), 5))
