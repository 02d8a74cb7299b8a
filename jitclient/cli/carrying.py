"""Running what is due while a command waits, with a line of progress at a terminal."""

from __future__ import annotations

from jitclient.cli.output import Output, size, span
from jitclient.desk import Desk
from jitclient.events import Event, TransferMoved
from protocol.ids import FileId


class _Moving:
    """All that moved since the command began, as one line."""

    def __init__(self) -> None:
        self._last: dict[FileId, TransferMoved] = {}

    def see(self, event: TransferMoved) -> str:
        """The line after one more report."""
        self._last[event.file] = event
        under_way = [one for one in self._last.values() if one.done < one.total]
        done = sum(one.done for one in under_way) or event.done
        total = sum(one.total for one in under_way) or event.total
        rate = sum(one.rate for one in under_way)
        for one in [file for file, one in self._last.items() if one.done >= one.total]:
            del self._last[one]
        left = f", {span((total - done) / rate)} left" if rate and done < total else ""
        share = 100 * done // max(1, total)
        return f"{share:3d} %  {size(done)} of {size(total)}  {size(rate)}/s{left}"


async def carry(desk: Desk, out: Output) -> bool:
    """Run all due transfers with a progress line; False when the store is out of reach."""
    moving = _Moving()

    def tell(event: Event) -> None:
        if isinstance(event, TransferMoved):
            out.progress(moving.see(event))

    unsubscribe = desk.events.subscribe(tell)
    try:
        return (await desk.sync_now(transfers=True)).online
    finally:
        unsubscribe()
        out.end_progress()
