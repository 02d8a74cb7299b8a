"""Every key of the window in one table: it binds, and makes tooltips, key sheet, help and manual.

`tests/ui/test_keyboard.py` presses each of them and looks for one that the table lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui.language.keynames import spelled


@dataclass(frozen=True, slots=True)
class Key:
    """One key, or a command without one. `sequence` is a portable Qt sequence, or empty."""

    name: str
    sequence: str
    words: str
    group: str
    shown: str = ""  # what people read instead of the sequence
    twin: str = ""  # the same, for another keyboard or from the numeric keypad
    row: bool = True  # of its own on the sheet
    bound: bool = True  # False: the control that has the keyboard does it, as everywhere

    @property
    def label(self) -> str:
        """What people read, as it is printed on the keys of their language."""
        return spelled(self.shown or self.sequence)

    @property
    def shows(self) -> bool:
        """Whether the sheet and the manual have a row for it."""
        return self.row and bool(self.sequence)

    @property
    def offered(self) -> bool:
        """Whether the list of commands has it: not what moves or opens that list."""
        return self.bound and not self.repeats and self.name not in _NOT_OFFERED

    @property
    def alone(self) -> bool:
        """A letter or a digit without Ctrl or Alt: it can be switched off (WCAG 2.1.4)."""
        return len(self.sequence) == 1

    @property
    def repeats(self) -> bool:
        """Whether it goes on while the key is held: what moves, not what changes something."""
        return self.name.endswith(("-next", "-previous", "-larger", "-smaller"))


_NOT_OFFERED: Final = frozenset({"commands", "edit-last"})
_EVERYWHERE: Final = "Everywhere"
_TIMELINE: Final = "In the conversation"
_LIST: Final = "In the list of exhibits"
_VIEWER: Final = "In the safe viewer"
_MEETING: Final = "Comparing with everybody"
_HELP: Final = "In the help"
_CONTROLS: Final = "In a dialog"
TAG_KEYS: Final = 9

KEYS: Final = (
    Key("home", "Alt+Home", "Today", _EVERYWHERE, "Alt+Home"),
    Key("jump", "Ctrl+K", "Go to a space, a person, an exhibit, …", _EVERYWHERE),
    Key("commands", "Ctrl+Shift+K", "Commands", _EVERYWHERE),
    Key("tab-1", "Ctrl+1", "Conversation", _EVERYWHERE),
    Key("tab-2", "Ctrl+2", "Evidence", _EVERYWHERE),
    Key("tab-3", "Ctrl+3", "People", _EVERYWHERE, twin="Ctrl+M"),
    Key("tab-4", "Ctrl+4", "Log", _EVERYWHERE, twin="Ctrl+Shift+L"),
    Key("tab-5", "Ctrl+5", "Closing", _EVERYWHERE),
    Key("space-next", "Alt+Down", "Next space", _EVERYWHERE, "Alt+↓"),
    Key("space-previous", "Alt+Up", "Previous space", _EVERYWHERE, "Alt+↑"),
    Key(
        "window-new",
        "Ctrl+Shift+Return",
        "Open here in a new window",
        _EVERYWHERE,
        "Ctrl+Shift+Enter",
        "Ctrl+Shift+Enter",
    ),
    Key(
        "details",
        "Alt+Return",
        "Details of the selected exhibit or message",
        _EVERYWHERE,
        "Alt+Enter",
        "Alt+Enter",
    ),
    Key("unread", "Alt+A", "Next unread", _EVERYWHERE),
    Key("part-next", "F6", "Next part of the window", _EVERYWHERE),
    Key("part-previous", "Shift+F6", "Previous part of the window", _EVERYWHERE),
    Key("overview", "Ctrl+O", "Overview of this space", _EVERYWHERE),
    Key("space-new", "Ctrl+N", "New space", _EVERYWHERE),
    Key("evidence-add", "Ctrl+U", "Hand over evidence", _EVERYWHERE, twin="Ctrl+Shift+A"),
    Key("find-here", "Ctrl+F", "Find in this space", _EVERYWHERE),
    Key("find-all", "Ctrl+Shift+F", "Find everywhere", _EVERYWHERE),
    Key("mentions", "Ctrl+Shift+M", "Mentions", _EVERYWHERE),
    Key("threads", "Ctrl+Shift+T", "Threads of this space", _EVERYWHERE),
    Key("sync", "F5", "Synchronise now", _EVERYWHERE),
    Key("undo", "Ctrl+Z", "Undo", _EVERYWHERE),
    Key("settings", "Ctrl+,", "Settings", _EVERYWHERE),
    Key("lock", "Ctrl+L", "Lock", _EVERYWHERE),
    Key("help", "F1", "Help on what is shown", _EVERYWHERE),
    Key("keys", "Ctrl+F1", "This list", _EVERYWHERE),
    Key("devices", "", "My devices", _EVERYWHERE),
    Key("recovery-sheet", "", "Recovery sheet…", _EVERYWHERE),
    Key("passphrase", "", "Change the passphrase…", _EVERYWHERE),
    Key("transfers", "Ctrl+J", "Transfers: order, pauses, limits", _EVERYWHERE),
    Key("training", "", "Try things with a made-up case", _EVERYWHERE),
    Key("member-add", "", "Add a member…", _EVERYWHERE),
    Key("meeting", "", "Compare with everybody…", _EVERYWHERE),
    Key("send", "Ctrl+Return", "Send the message", _TIMELINE, "Ctrl+Enter", "Ctrl+Enter"),
    Key("message-next", "Down", "Next message, in the timeline", _TIMELINE, "↓"),
    Key("message-previous", "Up", "Previous message, in the timeline", _TIMELINE, "↑"),
    Key("message-newest", "End", "Newest message, in the timeline", _TIMELINE),
    Key("unread-first", "Alt+U", "First message you have not seen", _TIMELINE),
    Key("message-reply", "R", "Reply to the selected message", _TIMELINE),
    Key("message-thread", "T", "Thread of the selected message", _TIMELINE),
    Key("message-edit", "E", "Change the selected message, if it is yours", _TIMELINE),
    Key("edit-last", "Up", "Change your last message, from an empty text", _TIMELINE, "↑"),
    Key("message-versions", "H", "Earlier versions of the selected message", _TIMELINE),
    Key(
        "message-open",
        "Return",
        "Show the exhibit of the selected message",
        _TIMELINE,
        "Enter",
        "Enter",
    ),
    Key("find-older", "F3", "Older message that was found", _TIMELINE),
    Key("find-newer", "Shift+F3", "Newer message that was found", _TIMELINE),
    Key("message-copy", "Ctrl+C", "Copy the selected message", _TIMELINE),
    Key("exhibits-all", "Ctrl+A", "Select all exhibits that are shown", _LIST),
    Key("exhibits-copy", "Ctrl+C", "Copy the selected rows", _LIST),
    Key("exhibit-details", "Space", "Details of the exhibit", _LIST),
    Key("exhibit-save", "Ctrl+E", "Save a copy", _LIST),
    Key("view", "O", "View the selected exhibit safely", _LIST),
    Key("verify", "V", "Verify the selected exhibit: read all of it again", _LIST),
    Key("view-queue", "Q", "Review queue in the safe viewer", _LIST),
    Key("review-next", "N", "Next to review", _LIST),
    Key("review-done", "D", "Reviewed", _LIST),
    Key("review-flag", "F", "Flagged", _LIST),
    Key("tag-1", "1", "One of your tags, on or off", _LIST, "1 … 9", "Num+1"),
    *(
        Key(f"tag-{n}", str(n), "One of your tags, on or off", _LIST, twin=f"Num+{n}", row=False)
        for n in range(2, TAG_KEYS + 1)
    ),
    Key("view-forth", "Ctrl+PgDown", "Next exhibit", _VIEWER, "Ctrl+Page ↓"),
    Key("view-back", "Ctrl+PgUp", "Previous exhibit", _VIEWER, "Ctrl+Page ↑"),
    Key("view-review", "R", "Your review: note and tags", _VIEWER),
    Key("view-next", "PgDown", "Next page", _VIEWER, "Page ↓"),
    Key("view-previous", "PgUp", "Previous page", _VIEWER, "Page ↑"),
    Key("view-page", "Ctrl+G", "Go to page", _VIEWER),
    Key("view-larger", "Ctrl++", "Larger", _VIEWER, twin="Ctrl+="),
    Key("view-smaller", "Ctrl+-", "Smaller", _VIEWER),
    Key("view-fit", "Ctrl+0", "Whole page", _VIEWER),
    Key("view-width", "Ctrl+9", "Width of the window", _VIEWER),
    Key("view-close", "Esc", "Close it", _VIEWER),
    Key("meet-next", "Right", "Next person", _MEETING, "→"),
    Key("meet-previous", "Left", "Previous person", _MEETING, "←"),
    Key("meet-match", "M", "They match", _MEETING),
    Key("meet-differ", "D", "They differ", _MEETING),
    Key("meet-later", "S", "Leave for later", _MEETING),
    Key("help-back", "Alt+Left", "Back", _HELP, "Alt+←"),
    Key("help-on", "Alt+Right", "Forward", _HELP, "Alt+→"),
    Key("close", "Esc", "Close it", _CONTROLS, bound=False),
    Key("press", "Return", "Press the button", _CONTROLS, "Enter", bound=False),
    Key("found-next", "Down", "Next row, while typing", _CONTROLS, "↓", bound=False),
    Key("found-previous", "Up", "Previous row, while typing", _CONTROLS, "↑", bound=False),
)


def named(words: str, name: str) -> str:
    """Words for a tooltip, with the key that does the same."""
    return f"{words} ({key(name).label})"


def key(name: str) -> Key:
    """The key of a name."""
    return next(one for one in KEYS if one.name == name)


def groups(*, rows: bool = True) -> tuple[tuple[str, tuple[Key, ...]], ...]:
    """The table by group, in its order. With `rows`, what the sheet and the manual show."""
    names = dict.fromkeys(one.group for one in KEYS)
    return tuple(
        (name, tuple(one for one in KEYS if one.group == name and (one.shows or not rows)))
        for name in names
    )
