"""One's own devices, and a further one linked from here."""

from __future__ import annotations

from jitclient.errors import LinkEndedError
from protocol.errors import StoreUnreachableError
from tests.ui.desk_devices import CODE
from tests.ui.door_double import PASSPHRASE
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import until
from ui.devices.linksheet import LinkSheet
from ui.devices.passphrase import AskPassphrase
from ui.devices.state import LinkStep
from ui.devices.view import DevicesSheet


@screen("devices")
async def _devices(play: Play) -> None:
    frame, _ = await play.frame()
    frame.sidebar.devices.emit()
    found = await play.shown(DevicesSheet)
    await until(lambda: bool(found._presenter.state.lines))


@screen("devices-rename")
async def _rename(play: Play) -> None:
    await _devices(play)
    found = await play.shown(DevicesSheet)
    found._presenter.edit(found._presenter.state.lines[1].device)


@screen("devices-failed")
async def _devices_failed(play: Play) -> None:
    frame, desk = await play.frame()
    desk.fail["devices"] = StoreUnreachableError("The store does not answer.")
    frame.sidebar.devices.emit()
    found = await play.shown(DevicesSheet)
    await until(lambda: found._presenter.state.problem is not None)


@screen("devices-revoke")
async def _revoke(play: Play) -> None:
    await _devices(play)
    frame, _ = await play.frame()
    found = await play.shown(DevicesSheet)
    frame.room.tasks.start(found._revoke(found._presenter.state.lines[1]), name="revoke")
    await play.shown(AskPassphrase)


@screen("devices-revoke-wrong")
async def _revoke_wrong(play: Play) -> None:
    await _revoke(play)
    asks = await play.shown(AskPassphrase)
    asks.reason.edit.setText("Left on a train between Hamburg and Kiel")
    asks.passphrase.edit.setText("not this one")
    asks.action.click()
    await until(lambda: bool(asks.passphrase.note.text()))


@screen("link-passphrase")
async def _link(play: Play) -> None:
    await _devices(play)
    (await play.shown(DevicesSheet)).link.emit()
    await play.shown(LinkSheet)


@screen("link-offer")
async def _link_offer(play: Play) -> None:
    await _link(play)
    link = await play.shown(LinkSheet)
    link.passphrase.edit.setText(PASSPHRASE)
    link.action.click()
    await until(lambda: link._presenter.state.step is LinkStep.OFFER)


@screen("link-code")
async def _link_code(play: Play) -> None:
    await _link_offer(play)
    play.door.desks[-1].ask("Travel laptop")
    link = await play.shown(LinkSheet)
    link._presenter.tick()
    await until(lambda: link._presenter.state.step is LinkStep.CODE)
    link._presenter.typed(CODE[:9])


@screen("link-code-wrong")
async def _link_wrong(play: Play) -> None:
    await _link_code(play)
    link = await play.shown(LinkSheet)
    link._presenter.typed("X" * 16)
    link.action.click()
    await until(lambda: bool(link._presenter.state.wrong))


@screen("link-done")
async def _link_done(play: Play) -> None:
    await _link_code(play)
    link = await play.shown(LinkSheet)
    link._presenter.typed(CODE)
    link.action.click()
    await until(lambda: link._presenter.state.step is LinkStep.DONE)


@screen("link-ended")
async def _link_ended(play: Play) -> None:
    await _link_code(play)
    link = await play.shown(LinkSheet)
    link._presenter._ended(LinkEndedError("Too many wrong codes: the offer is withdrawn."))
