"""The safe viewer: a page, a text, what cannot be shown, what ended the viewer."""

from __future__ import annotations

import io

from PIL import Image

import resources
from jitclient.pageviews import Encoding, Kind, Shown
from jitclient.reviewviews import ReviewState
from jitclient.viewing import pdf, pictures, text
from jitclient.viewing.errors import CannotShowError, ViewerEndedError, ViewerRefusedError
from jitclient.views import ExhibitState
from protocol.errors import JitError
from tests.ui.pressing import arrived
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import calm, until
from tests.viewing import samples
from ui.spaces.state import Tab
from ui.viewing.view import ViewerWindow

LETTER = """\
Amberlight B.V.                                                       Rotterdam, 3 November 2026

To whom it may concern

    Container    Consignment         Seal        Weight
    MSKU 904417  cooling units, 40   NL-77120    18 240 kg
    TGHU 551209  cooling units, 36   NL-77121    16 380 kg

Amounts were paid to \u202eDE12 3456\u202c on the dates below. Zahlungen: Größe, Łódź, Αθήνα, София.
"""


async def _looking(play: Play, failure: JitError | None = None) -> ViewerWindow:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    desk.viewing.open_fails = failure
    rows = desk.files[desk.space_a]
    row = next(one for one in rows if one.state is ExhibitState.VERIFIED and not one.mine)
    frame.stage.viewers.look(row.file)
    (window,) = frame.stage.viewers.windows
    state = window._presenter
    await until(lambda: state.state.pixels is not None or state.state.problem is not None)
    return window


@screen("viewer-text")
async def _text(play: Play) -> None:
    _, desk = await play.frame()
    text.load(resources.path("fonts/NotoSansMono-Regular.ttf").read_bytes())
    content = (LETTER * 4).encode()
    made = text.PlainText(io.BytesIO(content), len(content), Encoding.OWN)
    desk.viewing.shown = Shown(Kind.TEXT, made.encoding, cut=True, pages=40)
    desk.viewing.picture = made.page
    await _looking(play)


@screen("viewer-picture")
async def _picture(play: Play) -> None:
    _, desk = await play.frame()
    image = Image.effect_mandelbrot((900, 640), (-2, -1, 1, 1), 60).convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    desk.viewing.shown = Shown(Kind.JPEG, Encoding.OWN, cut=False, pages=1)
    desk.viewing.picture = pictures.Picture(out, Kind.PNG).page
    await _looking(play)


@screen("viewer-pdf")
async def _pdf(play: Play) -> None:
    _, desk = await play.frame()
    content = samples.pdf(12)
    desk.viewing.picture = pdf.Pdf(io.BytesIO(content), len(content)).page
    await _looking(play)


@screen("viewer-review")
async def _review(play: Play) -> None:
    frame, desk = await play.frame()
    files = await arrived(frame, desk)
    content = samples.pdf(12)
    desk.viewing.picture = pdf.Pdf(io.BytesIO(content), len(content)).page
    await desk.reviewing.tag(desk.space_a, files[1], add=("invoice", "seal broken"))
    await desk.reviewing.note(desk.space_a, files[1], "Page 3: the weight differs.")
    await desk.reviewing.mark(desk.space_a, files[1], ReviewState.IN_REVIEW)
    frame.room.evidence.select(files[1])
    frame.stage.viewers.review()
    (window,) = frame.stage.viewers.windows
    await until(lambda: window._presenter.state.pixels is not None)


@screen("viewer-none")
async def _none(play: Play) -> None:
    frame, desk = await play.frame()
    files = await arrived(frame, desk)
    desk.viewing.possible = False
    frame.room.evidence.open(desk.details[desk.space_a])
    await calm(frame)
    frame.room.evidence.select(files[1])


@screen("viewer-cannot")
async def _cannot(play: Play) -> None:
    await _looking(play, CannotShowError("This type cannot be shown safely."))


@screen("viewer-before")
async def _before(play: Play) -> None:
    said = "The viewer ended on this exhibit before. It is damaged, or it was made to attack."
    await _looking(play, ViewerEndedError(said, code="viewer-ended-before"))


@screen("viewer-attacked")
async def _attacked(play: Play) -> None:
    said = "The viewer tried something that showing a page does not need, and was ended at once."
    await _looking(play, ViewerRefusedError(said))
