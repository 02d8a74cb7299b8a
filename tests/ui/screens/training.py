"""The training space: being made, its band and tasks, locked, compared, over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jitclient.training.views import Erased, Reads, Ready, Step
from protocol.errors import ConfigurationError
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import until
from ui.practising import open_training
from ui.spaces.state import Tab
from ui.training.farewell import FarewellWindow
from ui.training.marking import Marking, dress
from ui.training.preparing import PreparingView
from ui.training.presenter import TrainingPresenter
from ui.training.view import Band, TrainingView, said
from ui.widgets.sheet import Sheet

HOME: Final = Path("/home/clara.weiss/.local/share/jitclient-training/session")


def ready(play: Play) -> Ready:
    """A made-up case, as the director tells of it."""
    return Ready(
        profile=HOME / "profiles/trainee",
        passphrase="harbour quiet violin tent",
        space=play.door.desks[-1].space_a,
        reads=(
            Reads(name="Mira Beispiel (training)", digits="1234567890" * 6),
            Reads(name="Pavel Příklad (training)", digits="0987654321" * 6),
        ),
        practice=HOME / "material/practice-file.txt",
    )


async def training(play: Play) -> tuple[TrainingView, TrainingPresenter]:
    """An unlocked training."""
    frame, desk = await play.frame()
    presenter = TrainingPresenter(play.shell.tasks, ready(play))
    Marking(play.shell, presenter)
    view = dress(play.shell, presenter)
    presenter.follow(desk)
    frame.show_home()
    await play.quiet()
    return view, presenter


@screen("training")
async def _training(play: Play) -> None:
    _, presenter = await training(play)
    presenter.saw_log()


@screen("training-put-away")
async def _put_away(play: Play) -> None:
    view, _ = await training(play)
    view.list.click()


@screen("training-stopped")
async def _stopped(play: Play) -> None:
    _, presenter = await training(play)
    presenter.stopped("")


@screen("training-compare")
async def _compare(play: Play) -> None:
    await training(play)
    frame, _ = await play.frame()
    frame.go(Tab.PEOPLE)
    await play.quiet()
    frame.stage.sheets.meeting()
    await play.shown(Sheet)


@screen("training-locked")
async def _locked(play: Play) -> None:
    _, presenter = await training(play)
    play.shell.gate_shown.connect(presenter.locked)
    play.shell.lock()
    await until(lambda: presenter.state.locked)


@screen("training-preparing", enrolled=False)
async def _preparing(play: Play) -> None:
    await play.quiet()
    page = PreparingView()
    play.shell.setMenuWidget(Band(said))
    play.shell.show_page(page)
    page.show_step(Step.PEOPLE)


@screen("training-failed", enrolled=False)
async def _failed(play: Play) -> None:
    await play.quiet()
    page = PreparingView()
    play.shell.show_page(page)
    page.fail(ConfigurationError("The store of the training did not start: no room"))


@screen("training-over", enrolled=False)
async def _over(play: Play) -> None:
    page = FarewellWindow()
    play.keep.append(page)
    page.show()
    page.show_gone(Erased(profiles=3, files=39, bytes=3_600_000, left=(str(HOME / "store"),)))


@screen("training-not-here", enrolled=False)
async def _not_here(play: Play) -> None:
    open_training(play.shell, have=False)
    await play.shown(Sheet)
