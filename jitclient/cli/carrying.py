"""Running what is due while a command waits, with a line of progress at a terminal."""

from __future__ import annotations

from jitclient.cli.output import Output, size
from jitclient.desk import Desk
from jitclient.events import Event, TransferMoved


async def carry(desk: Desk, out: Output) -> bool:
    """Run all due transfers with a progress line; False when the store is out of reach."""

    def tell(event: Event) -> None:
        if isinstance(event, TransferMoved):
            share = 100 * event.done // max(1, event.total)
            out.progress(
                f"{share:3d} %  {size(event.done)} of {size(event.total)}  {size(event.rate)}/s"
            )

    unsubscribe = desk.events.subscribe(tell)
    try:
        return (await desk.sync_now(transfers=True)).online
    finally:
        unsubscribe()
        out.end_progress()
