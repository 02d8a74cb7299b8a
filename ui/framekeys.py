"""The keys and commands that work everywhere in a window, and why each of them cannot now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ui.binding import bind
from ui.conversation.threadsheet import open_threads
from ui.detailing import bind_details
from ui.landmarks import Landmarks
from ui.language import tr
from ui.palette.opening import Palettes
from ui.practising import open_training
from ui.spaces.opening import open_overview
from ui.spaces.state import Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ui.frame import Frame


def bind_everywhere(frame: Frame) -> None:
    """Give every row of the table that works everywhere its act."""
    frame.palettes = Palettes(frame, frame.room, frame.stage, frame.folding.to_stage)
    _moves(frame)
    _acts(frame)
    _sheets(frame)
    bind_details(frame)


def _moves(frame: Frame) -> None:
    spaces = frame.room.spaces
    parts = Landmarks(lambda: _parts(frame))
    for at, tab in enumerate(Tab):
        bind(
            frame,
            f"tab-{at + 1}",
            partial(frame.go, tab),
            why_not=partial(_empty, frame, tab),
        )
    bind(frame, "home", frame.show_home)
    for name, by in (("space-next", 1), ("space-previous", -1)):
        bind(frame, name, partial(spaces.step, by))
    bind(frame, "unread", partial(_unread, frame), why_not=partial(_all_read, frame))
    bind(frame, "part-next", partial(parts.step, 1))
    bind(frame, "part-previous", partial(parts.step, -1))


def _acts(frame: Frame) -> None:
    bind(frame, "space-new", frame.new_space)
    bind(frame, "evidence-add", partial(_hand_over, frame), why_not=partial(_not_here, frame))
    bind(frame, "find-here", frame.find_here, why_not=partial(_none, frame))
    bind(frame, "find-all", frame.search)
    bind(frame, "mentions", frame.mentions)
    bind(frame, "threads", partial(_threads, frame), why_not=partial(_none, frame))
    bind(frame, "sync", frame.room.status.sync_now)
    bind(frame, "window-new", frame.another.emit)
    if frame.first:  # of all windows: bound in two it would be heard in none
        everywhere = Qt.ShortcutContext.ApplicationShortcut
        bind(frame, "lock", frame.lock.emit, context=everywhere)


def _sheets(frame: Frame) -> None:
    sheets = frame.stage.sheets
    acts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("undo", frame.room.status.undo),
        ("settings", frame.show_settings),
        ("devices", frame.show_devices),
        ("recovery-sheet", frame.recovery_sheet),
        ("passphrase", frame.change_passphrase),
        ("transfers", sheets.transfers),
        ("training", partial(open_training, frame)),
    )
    for name, act in acts:
        bind(frame, name, act)
    overview = partial(open_overview, frame)
    frame.stage.header.overview.connect(overview)
    bind(frame, "overview", overview, why_not=partial(_none, frame))
    bind(frame, "keys", frame.show_keys, says=partial(tr, "Keyboard shortcuts"))
    bind(frame, "member-add", sheets.add_member, why_not=partial(_no_member, frame))
    bind(frame, "meeting", sheets.meeting, why_not=partial(_nobody, frame))


def _parts(frame: Frame) -> list[QWidget]:
    """Sidebar, stage, inspector, strip."""
    stage = frame.stage
    here = stage.evidence.inspector if frame.room.spaces.state.tab is Tab.EVIDENCE else None
    parts: list[QWidget] = [frame.sidebar, stage]
    return [*parts, *((here,) if here is not None else ()), frame.strip]


def _hand_over(frame: Frame) -> None:
    if not frame.room.spaces.state.home:  # nothing is handed over in a space that nobody sees
        frame.stage.sheets.add_evidence([])


def _threads(frame: Frame) -> None:
    if not frame.room.spaces.state.home:
        open_threads(frame.room, frame.window())


def _unread(frame: Frame) -> None:
    if frame.room.spaces.next_unread():
        frame.go(Tab.CONVERSATION)
    else:
        frame.room.status.say(_all_read(frame))


def _all_read(frame: Frame) -> str:
    some = any(one.unread for one in frame.room.spaces.state.tiles)
    return "" if some else tr("Everything was read.")


def _none(frame: Frame) -> str:
    state = frame.room.spaces.state
    return "" if state.detail is not None and not state.home else tr("No space is in front.")


def _empty(frame: Frame, tab: Tab) -> str:
    state = frame.room.spaces.state
    return "" if tab in state.open_tabs else tr("There is nothing of it here.")


def _not_here(frame: Frame) -> str:
    state = frame.room.evidence.state
    return _none(frame) or ("" if state.can_add else state.why_not)


def _no_member(frame: Frame) -> str:
    state = frame.room.people.state
    return _none(frame) or ("" if state.can_add else state.why_not)


def _nobody(frame: Frame) -> str:
    meets = frame.room.people.state.can_meet
    return _none(frame) or ("" if meets else tr("There is nobody to compare with."))
