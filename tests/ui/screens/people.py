"""Comparing, and what an administrator decides about a space and its members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocol.ids import UserId
from protocol.roles import Party, Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import ident
from tests.ui.screens.stagecraft import LONG_NAME, Play, add_long, member, reloaded, screen
from tests.ui.waiting import calm, sheets, until
from ui.people.designatesheet import DesignateSheet
from ui.people.devicesheet import MemberDevicesSheet
from ui.people.meetingsheet import MeetingSheet
from ui.people.sharesheet import ShareSheet
from ui.people.verifysheet import VerifySheet
from ui.spaces.state import Tab


@screen("verify")
async def _verify(play: Play) -> None:
    frame, desk = await play.frame()
    frame.stage.sheets.verify(member(desk, 3))
    found = await play.shown(VerifySheet)
    await until(found.same.isEnabled)


@screen("verify-differs")
async def _verify_differs(play: Play) -> None:
    await _verify(play)
    found = await play.shown(VerifySheet)
    found.field.edit.setText("1" * 60)
    found.field.check.click()
    await until(found.notice.isVisible)


@screen("verify-done")
async def _verify_done(play: Play) -> None:
    await _verify(play)
    found = await play.shown(VerifySheet)
    found.same.click()
    await until(found.verdict.isVisible)


@screen("meeting")
async def _meeting(play: Play) -> None:
    frame, desk = await play.frame()
    add_long(desk)
    await reloaded(frame)
    frame.stage.sheets.meeting()
    found = await play.shown(MeetingSheet)
    await until(found.yes.isEnabled)


@screen("meeting-differs")
async def _meeting_differs(play: Play) -> None:
    await _meeting(play)
    found = await play.shown(MeetingSheet)
    found._presenter.go(3)
    found.no.click()
    await until(found.advice.isVisible)


@screen("meeting-wrong")
async def _meeting_wrong(play: Play) -> None:
    await _meeting(play)
    found = await play.shown(MeetingSheet)
    found.field.edit.setText("1" * 60)
    found.field.check.click()
    await until(found.notice.isVisible)


@screen("people-long-name")
async def _people_long(play: Play) -> None:
    frame, desk = await play.frame()
    add_long(desk)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)


@screen("people-key-changed")
async def _people_changed(play: Play) -> None:
    frame, desk = await play.frame()
    desk.change_key(desk.space_a, member(desk, 3))
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)


@screen("people-policy")
async def _policy(play: Play) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)
    frame.stage.people.change.click()
    await until(lambda: bool(sheets()))


@screen("people-verified-only")
async def _verified_only(play: Play) -> None:
    frame, desk = await play.frame()
    desk.verified_only(desk.space_a)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)


@screen("evidence-verified-only")
async def _evidence_held(play: Play) -> None:
    frame, desk = await play.frame()
    desk.verified_only(desk.space_a)
    await reloaded(frame)
    frame.stage.sheets.add_evidence([])
    await until(lambda: bool(sheets()))


@screen("member-devices")
async def _devices_of(play: Play) -> None:
    frame, desk = await play.frame()
    add_long(desk)
    await reloaded(frame)
    frame.stage.sheets.member_devices(UserId(ident(LONG_NAME)))
    await play.shown(MemberDevicesSheet)


@screen("renew")
async def _renew(play: Play) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)
    view = frame.stage.people
    await until(lambda: bool(view._presenter.state.groups))
    person = next(one for g in view._presenter.state.groups for one in g.people if one.can_remove)
    frame.room.tasks.start(view._renew(person), name="ask-renew")
    await until(lambda: bool(sheets()))


def outsider(desk: DeskDouble, **facts: Any) -> UserId:
    """The last member comes from a third country, and no controller is designated yet."""
    detail = desk.details[desk.space_a]
    user = detail.members[-1].user
    outside: dict[str, Any] = {
        "role": Role.THIRD_COUNTRY,
        "party": Party.THIRD_COUNTRY,
        "country": "US",
    }
    told = {"authority": "Department of Justice", "waits": True, "may_upload": False}
    members = tuple(
        replace(one, **{**outside, **told, **facts}) if one.user == user else one
        for one in detail.members
    )
    desk.details[desk.space_a] = replace(detail, members=members)
    return user


@screen("people-waiting")
async def _waiting(play: Play) -> None:
    frame, desk = await play.frame()
    outsider(desk)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)


@screen("people-designated")
async def _designated(play: Play) -> None:
    frame, desk = await play.frame()
    outsider(desk, waits=False, may_upload=True, controller="Clara Weiss")
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)


@screen("designate")
async def _designate(play: Play) -> None:
    frame, desk = await play.frame()
    user = outsider(desk)
    await reloaded(frame)
    frame.stage.sheets.designate(user)
    await play.shown(DesignateSheet)


@screen("designate-sure")
async def _designate_sure(play: Play) -> None:
    await _designate(play)
    found = await play.shown(DesignateSheet)
    found.reason.setText("Clause 12.4 of the agreement of 3 May 2026")
    found.action.click()
    await until(lambda: len(sheets()) == 2)


@screen("share")
async def _share(play: Play) -> None:
    frame, desk = await play.frame()
    frame.stage.sheets.share(member(desk, 3))
    found = await play.shown(ShareSheet)
    await until(lambda: bool(found._presenter.state.points))


@screen("share-sure")
async def _share_sure(play: Play) -> None:
    await _share(play)
    (await play.shown(ShareSheet)).action.click()
    await until(lambda: len(sheets()) == 2)
