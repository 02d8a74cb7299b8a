"""What is still open before a closing, in words: never saved, still on its way, not verified."""

from __future__ import annotations

from typing import Final

from jitclient.endviews import Outstanding
from protocol.ids import SpaceId
from ui import words
from ui.closing.state import OpenLine
from ui.home.state import Goal
from ui.language import tr, trn
from ui.spaces.state import Tab

_MOST: Final = 5
"""So many persons by name."""


def lines(found: Outstanding, space: SpaceId) -> tuple[OpenLine, ...]:
    """A line for each kind of which there is something; the gravest first."""
    made = []
    if found.unsaved:
        said = trn(
            "{count} exhibit of others was never saved outside from here.",
            "{count} exhibits of others were never saved outside from here.",
            found.unsaved,
        )
        goal = Goal(space, Tab.EVIDENCE)
        made.append(_line("download", said, (found.unsaved_names, found.unsaved), goal))
    if found.moving:
        said = trn(
            "{count} exhibit is still on its way.",
            "{count} exhibits are still on their way.",
            found.moving,
        )
        goal = Goal(space, Tab.EVIDENCE, transfers=True)
        made.append(_line("arrow-up-down", said, (found.moving_names, found.moving), goal))
    if found.messages:
        said = trn(
            "{count} message has not left this computer.",
            "{count} messages have not left this computer.",
            found.messages,
        )
        made.append(_line("send", said, ((), 0), Goal(space, Tab.CONVERSATION)))
    if found.owing:
        said = trn(
            "{count} person has not verified everything you handed over.",
            "{count} persons have not verified everything you handed over.",
            len(found.owing),
        )
        made.append(
            _line("shield", said, (_persons(found), len(found.owing)), Goal(space, Tab.EVIDENCE))
        )
    return tuple(made)


def _persons(found: Outstanding) -> tuple[str, ...]:
    return tuple(
        trn("{name}: {count} exhibit", "{name}: {count} exhibits", count, name=words.plain(name))
        for name, count in found.owing[:_MOST]
    )


def _line(icon: str, said: str, named: tuple[tuple[str, ...], int], goal: Goal) -> OpenLine:
    names, count = tuple(words.plain(one) for one in named[0]), named[1]
    act = {
        Tab.EVIDENCE: tr("Show transfers") if goal.transfers else tr("Show the exhibits"),
        Tab.CONVERSATION: tr("Show the conversation"),
    }[goal.tab]
    return OpenLine(icon, said, names, max(0, count - len(names)), goal, act)
