"""Pictures to pixels, by Pillow: the first frame, and every page of a TIFF."""

from __future__ import annotations

from typing import BinaryIO, Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from jitclient.viewing.document import CannotError, fitted
from jitclient.viewing.wire import MAX_PAGES, Encoding, Kind, Pixels, Reason

MAX_PICTURE_POINTS: Final = 64_000_000
"""Of a picture when it is decoded: 256 MB, a quarter of what the process may have."""
MAX_JPEG_POINTS: Final = 400_000_000
"""Of a JPEG that is decoded at a fraction of its size."""

# Named, so that they are loaded before the walls stand; nothing is found by name afterwards.
PLUGINS: Final = (
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
_DEEP: Final = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})

Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before anything is decoded
Image.preinit()
Image.init = lambda: False  # it would load every other plug-in there is


class Picture:
    """A picture that was opened; decoded when a page is asked for."""

    encoding = Encoding.OWN
    cut = False

    def __init__(self, stream: BinaryIO, kind: Kind) -> None:
        self.kind = kind
        try:
            self._image = Image.open(stream, formats=[kind.name])
            self.pages = getattr(self._image, "n_frames", 1) if kind is Kind.TIFF else 1
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise CannotError(Reason.DAMAGED) from error
        if self.pages > MAX_PAGES:
            raise CannotError(Reason.TOO_LARGE)
        self._check(self._image.size)
        self._ready: tuple[int, Image.Image] | None = None

    def page(self, number: int, width: int, height: int) -> Pixels:
        """A page, made smaller where it does not fit, never larger."""
        whole = self._decoded(number)
        _, wide, high = fitted(whole.size, (width, height), 1.0)
        made = whole
        if (wide, high) != whole.size:
            made = whole.resize((wide, high), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return Pixels(number, wide, high, made.tobytes())

    def _decoded(self, number: int) -> Image.Image:
        if self._ready is not None and self._ready[0] == number:
            return self._ready[1]
        self._ready = None
        try:
            self._image.seek(number)
            self._check(self._image.size)
            if self._image.width * self._image.height > MAX_PICTURE_POINTS:
                part = (self._image.width // 4, self._image.height // 4)
                self._image.draft("RGB", part)  # a JPEG is decoded at a half, quarter or eighth
            if self._image.width * self._image.height > MAX_PICTURE_POINTS:
                raise CannotError(Reason.TOO_LARGE)
            made = _flat(ImageOps.exif_transpose(self._image))
        except (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError) as error:
            raise CannotError(Reason.DAMAGED) from error
        self._ready = (number, made)
        return made

    def _check(self, size: tuple[int, int]) -> None:
        most = MAX_JPEG_POINTS if self.kind is Kind.JPEG else MAX_PICTURE_POINTS
        if size[0] < 1 or size[1] < 1:
            raise CannotError(Reason.DAMAGED)
        if size[0] * size[1] > most:
            raise CannotError(Reason.TOO_LARGE)


def _flat(image: Image.Image) -> Image.Image:
    """Red, green, blue; what is transparent becomes white, deep grey its upper eight bits."""
    if image.mode in _DEEP:
        low, high = image.getextrema()
        span = max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
        grey = image.convert("F").point(lambda x: x * (255.0 / span) - float(low) * 255.0 / span)  # type: ignore[arg-type]
        return grey.convert("L").convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        under = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(under, clear).convert("RGB")
    return image.convert("RGB")
