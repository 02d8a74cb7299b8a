"""What a conversation says of keys, gaps and lies of the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jitclient.mentionviews import Target
from jitclient.views import AlarmRow, MessageKind, MessageState, Missing
from protocol.ids import MessageId, SpaceId, UserId
from protocol.roles import Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW, PEOPLE, ident
from tests.ui.screens.stagecraft import SCREENS, Play, Screen, add_long, member, reloaded, screen
from tests.ui.waiting import calm, sheets, until
from ui.conversation.detailsheet import MessageSheet
from ui.conversation.threadsheet import ThreadsSheet, open_threads
from ui.conversation.versions import VersionsSheet
from ui.detailing import turn_details
from ui.frame import Frame
from ui.mentions.view import InboxSheet
from ui.search.view import SearchSheet


@screen("key-changed")
async def _changed(play: Play) -> None:
    frame, desk = await play.frame()
    desk.change_key(desk.space_a, member(desk, 3))
    await calm(frame)
    frame.room.conversation.draft_changed("We meet at the court house at five.")


@screen("key-changed-three")
async def _changed_three(play: Play) -> None:
    frame, desk = await play.frame()
    add_long(desk)
    for at in (1, 3, 4):
        desk.change_key(desk.space_a, member(desk, at))
    await calm(frame)


@screen("key-changed-accept")
async def _accept(play: Play) -> None:
    await _changed(play)
    frame, _ = await play.frame()
    frame.stage.conversation.keys.ask(frame.room.keys.state.cards[0])
    await until(lambda: bool(sheets()))


def _gaps(desk: DeskDouble, a: SpaceId) -> None:
    say = desk.say
    say(a, 1, "", at=NOW - 500, kind=MessageKind.EVENT)
    rows = desk.rows[a]
    said = (
        "Jan de Vries has a new device. It receives what is sent from now on.",
        "A device of Κώστας Παπαδόπουλος was revoked: it receives nothing any more.",
        "Inés Salgado let Jan de Vries in again with new devices.",
        "Clara Weiss opened earlier messages to Inés Salgado.",
    )
    rows[-1] = replace(rows[-1], text=said[0])
    for text in said[1:]:
        say(a, 0, text, at=NOW - 400, kind=MessageKind.EVENT)
    late = say(a, 1, "The second image is at the store now.", at=NOW - 300, missing=2)
    rows[-1] = replace(late, missing=Missing.ASKED)
    lost = say(a, 3, "As I said: both of them.", at=NOW - 200, missing=1)
    rows[-1] = replace(lost, missing=Missing.LOST)
    told = say(a, 2, "The wallet ends in 7f3a.", at=NOW - 150, state=MessageState.INCOMING)
    rows[-1] = replace(told, told_by="Clara Weiss")
    say(
        a,
        0,
        "I send the order of the court.",
        at=NOW - 60,
        state=MessageState.REFUSED,
        problem="Your new keys are not known in this space yet.",
    )


@screen("gaps")
async def _missing(play: Play) -> None:
    frame, desk = await play.frame()
    _gaps(desk, desk.space_a)
    await reloaded(frame)
    frame.room.conversation.refresh()
    await calm(frame)


_FORK: Final = (
    "The membership log of “Operation Amberlight” was refused at entry 7: Jan de Vries signed two "
    "different entries for one place. Somebody shows members different lists. Do not send "
    "anything; compare in person. It adds Lukas Meier in the name of Jan de Vries."
)
_GHOST: Final = (
    "The store names a device of Inés Salgado that her signed list of devices does not hold. "
    "Nothing is sealed for it."
)
_PUT_BACK: Final = (
    "An old copy of this profile was put back. What was written, sent or received since that copy "
    "may be missing here. Nothing is sent from it until this computer has been announced as a new "
    "device; that happens by itself when the store can be reached, and every member sees it."
)
_UNOPENED: Final = (
    "A message of Κώστας Παπαδόπουλος could not be opened. Its device was asked to send it again "
    "over a fresh session."
)
ALARMS: Final = {
    "fork": ("log-fork", _FORK),
    "ghost": ("ghost-member", _GHOST),
    "put-back": ("put-back", _PUT_BACK),
    "unopened": ("unopened", _UNOPENED),
    "missing": ("messages-missing", "2 messages of Κώστας Παπαδόπουλος could not be had."),
}


def _raise(desk: DeskDouble, kind: str) -> None:
    code, sentence = ALARMS[kind]
    row: AlarmRow = desk.alarm(code, sentence)
    desk.alarms[-1] = replace(row, space=desk.space_a)


def _alarm_screen(name: str, *kinds: str) -> None:
    async def go(play: Play) -> None:
        frame, desk = await play.frame()
        for kind in kinds:
            _raise(desk, kind)
        frame.room.alarms.known(tuple(desk.alarms))
        await calm(frame)

    SCREENS.append(Screen(name, go))


_alarm_screen("alarm-fork", "fork")
_alarm_screen("alarm-ghost", "ghost")
_alarm_screen("alarm-put-back", "put-back")
_alarm_screen("alarms-all", "fork", "ghost", "put-back", "unopened", "missing")


@screen("search")
async def _search(play: Play) -> None:
    frame, _ = await play.frame()
    frame.search(everywhere=False)
    await play.shown(SearchSheet)


@screen("search-found")
async def _found(play: Play) -> None:
    await _search(play)
    sheet = await play.shown(SearchSheet)
    sheet.field.setText("the")
    await until(lambda: bool(sheet.model.items))


@screen("search-nothing")
async def _nothing(play: Play) -> None:
    await _search(play)
    sheet = await play.shown(SearchSheet)
    sheet.field.setText("xyzzy plugh")
    await until(lambda: sheet._presenter.state.searched)


@screen("search-wrong")
async def _wrong(play: Play) -> None:
    await _search(play)
    sheet = await play.shown(SearchSheet)
    sheet.field.setText("van before:yesterday")
    await until(lambda: bool(sheet._presenter.state.said))


@screen("search-opened")
async def _opened(play: Play) -> None:
    frame, desk = await play.frame()
    rows = desk.rows[desk.space_a]
    frame.room.show_hit(desk.space_a, rows[2].message, None)
    await calm(frame)


def _pointed(desk: DeskDouble) -> None:
    a = desk.space_a
    me, jan = (Target(user=UserId(ident(PEOPLE[at][0]))).token for at in (0, 1))
    role = Target(role=Role.ADMINISTRATOR).token
    file = Target(file=desk.files[a][0].file).token
    desk.talking.write(a, 1, f"{me}, please look at {file} before noon; the {role} has to decide.")
    desk.talking.write(a, 0, f"{jan}: done. I hand it to the <b>court</b> with {file}.")
    desk.set(a, unread=1)


@screen("mentions")
async def _mentions(play: Play) -> None:
    frame, desk = await play.frame()
    _pointed(desk)
    frame.room.conversation.refresh()
    await calm(frame)


@screen("mentions-completion")
async def _completion(play: Play) -> None:
    frame, _ = await play.frame()
    composer = frame.stage.conversation.composer
    composer.edit.setFocus()
    composer.edit.show_written(f"Dear {Target(role=Role.INVESTIGATOR).token}, as ")
    composer.edit.insertPlainText("@in")
    await until(composer.completion.isVisible)


@screen("mentions-inbox")
async def _inbox(play: Play) -> None:
    frame, desk = await play.frame()
    _pointed(desk)
    frame.mentions()
    sheet = await play.shown(InboxSheet)
    await until(lambda: bool(sheet.model.items))


async def _threaded(play: Play) -> ThreadsSheet:
    frame, desk = await play.frame()
    a = desk.space_a
    roots = [one.message for one in desk.rows[a] if one.kind is MessageKind.TEXT]
    for at, author, said in ((0, 2, "Seen."), (1, 0, "The second, before noon."), (2, 1, "Yes.")):
        desk.talking.write(a, author, said, reply_to=roots[at])
    desk.talking.write(a, 2, "And the first one?", reply_to=roots[1])
    desk.set(a, unread=1)
    open_threads(frame.room, frame.window())
    sheet = await play.shown(ThreadsSheet)
    await until(lambda: bool(sheet.model.items))
    return sheet


@screen("threads")
async def _threads(play: Play) -> None:
    await _threaded(play)


@screen("threads-nothing")
async def _no_threads(play: Play) -> None:
    sheet = await _threaded(play)
    sheet.field.setText("xyzzy plugh")
    await until(lambda: not sheet._presenter.state.busy)


async def _changed_one(play: Play) -> tuple[Frame, MessageId]:
    frame, desk = await play.frame()
    message = desk.rows[desk.space_a][-1].message
    await desk.talking.edit(desk.space_a, message, "Then we move the action day to Friday, 06:00.")
    await calm(frame)
    return frame, message


@screen("edited")
async def _edited(play: Play) -> None:
    frame, _ = await _changed_one(play)
    desk = play.door.desks[-1]
    desk.say(desk.space_a, 0, "The hearing is at nine.", at=NOW - 60)
    frame.room.conversation.refresh()
    await calm(frame)
    frame.room.conversation.changing.last()


@screen("edited-versions")
async def _versions(play: Play) -> None:
    frame, message = await _changed_one(play)
    frame.stage.sheets.versions(message)
    await play.shown(VersionsSheet)


@screen("message-details")
async def _details(play: Play) -> None:
    frame, _ = await play.frame()
    line = frame.stage.conversation.timeline
    view = [one for one in line.message_views() if one.item.mine and one.item.receipts][-2]
    line.go_to(view.item.key)
    await until(lambda: line.current() is view)
    turn_details(frame)
    await play.shown(MessageSheet)


@screen("find-here")
async def _find_here(play: Play) -> None:
    frame, _ = await play.frame()
    frame.find_here()
    frame.stage.conversation.finder.field.setText("the")
    await calm(frame)
    frame.room.finding.step(1)
    await calm(frame)


@screen("thread")
async def _thread(play: Play) -> None:
    frame, desk = await play.frame()
    root = desk.rows[desk.space_a][4].message
    desk.talking.write(desk.space_a, 2, "Which of the two do you need first?", reply_to=root)
    desk.talking.write(desk.space_a, 0, "The second, server-02, before noon.", reply_to=root)
    frame.room.conversation.refresh()
    await calm(frame)
    frame.room.thread.open(root)
    await calm(frame)
    frame.room.thread.draft_changed("Then I")
