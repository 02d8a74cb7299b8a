"""The viewing process: walls first, then one exhibit, page by page, until the client is gone.

Started by `viewer` with a pipe on either side; it has no argument, no environment and no file.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

from jitclient.viewing import confinement, wire
from jitclient.viewing.document import CannotError, Document
from jitclient.viewing.exhibit import BLOCK, Exhibit
from jitclient.viewing.wire import Encoding, Frame, Kind, Reason

UNCONFINED: Final = 3
"""The exit status of a process whose walls could not be raised; it read nothing."""

Opener = Callable[[BinaryIO, int, Encoding], Document]


def main() -> int:
    """Entry point; returns the exit status."""
    return run(_decoders)


def run(load: Callable[[], Opener]) -> int:
    """Raise the walls around whatever `load` brings, then serve the client.

    Args:
        load: loads what decodes and returns it; nothing is loaded later.
    """
    try:
        apart = confinement.begin()
        open_document = load()
        walls = confinement.finish(apart=apart)
    except OSError:
        return UNCONFINED
    with io.FileIO(0, closefd=False) as source, io.FileIO(1, "w", closefd=False) as sink:
        try:
            _serve(source, sink, walls, open_document)
        except EOFError:
            return 0  # the client is gone, or closed the exhibit
    return 0


def _serve(source: io.FileIO, sink: io.FileIO, walls: wire.Walls, open_document: Opener) -> None:
    def say(frame: bytes) -> None:
        view = memoryview(frame)
        while view:
            view = view[sink.write(view) :]

    def ask(offset: int, length: int) -> bytes:
        say(wire.need(offset, length))
        frame, body = wire.read_question(source)
        return body if frame is Frame.DATA else b""

    say(wire.ready(walls))
    document: Document | None = None
    while True:
        frame, body = wire.read_question(source)
        try:
            if frame is Frame.OPEN:
                size, encoding = wire.opened(body)
                document = open_document(_file(ask, size), size, encoding)
                one = wire.Shown(document.kind, document.encoding, document.cut, document.pages)
                say(wire.shown(one))
            elif frame is Frame.GET and document is not None:
                say(wire.page(document.page(*wire.asked(body))))
        except CannotError as error:
            say(wire.cannot(error.reason))
        except MemoryError:
            say(wire.cannot(Reason.TOO_LARGE))


def _file(ask: Callable[[int, int], bytes], size: int) -> BinaryIO:
    return io.BufferedReader(Exhibit(ask, size), BLOCK)


def _decoders() -> Opener:
    """Load every library and table there is a use for."""
    from pathlib import Path  # noqa: PLC0415 - after `begin`, which wants a bare process

    import resources  # noqa: PLC0415
    from jitclient.viewing import kinds, pdf, pictures, text  # noqa: PLC0415

    folder = Path(resources.__file__).parent / "fonts"
    text.load((folder / "NotoSansMono-Regular.ttf").read_bytes())

    def opened(stream: BinaryIO, size: int, encoding: Encoding) -> Document:
        head = stream.read(kinds.HEAD_BYTES)
        stream.seek(0)
        match kinds.kind_of(head):
            case None:
                raise CannotError(Reason.TYPE if head else Reason.EMPTY)
            case Kind.TEXT:
                return text.PlainText(stream, size, encoding)
            case Kind.PDF:
                return pdf.Pdf(stream, size)
            case kind:
                return pictures.Picture(stream, kind)

    return opened


if __name__ == "__main__":
    sys.exit(main())
