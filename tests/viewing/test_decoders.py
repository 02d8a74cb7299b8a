"""What the safe viewer shows of which content, in the real process behind its walls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from jitclient.viewing import viewer
from jitclient.viewing.errors import CannotShowError
from jitclient.viewing.viewer import Viewer
from jitclient.viewing.wire import Encoding, Kind, Pixels
from tests.viewing import samples
from tests.viewing.samples import encoded, picture

pytestmark = pytest.mark.skipif(not viewer.possible(), reason="no filter of system calls here")


class Read:
    """Content, and which ranges of it were asked for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.bytes = 0

    def __call__(self, start: int, stop: int) -> bytes:
        self.bytes += stop - start
        return self.content[start:stop]


@contextmanager
def viewing(content: bytes) -> Iterator[tuple[Viewer, Read]]:
    read = Read(content)
    one = Viewer(len(content), read, patience=240)
    try:
        yield one, read
    finally:
        one.close()


def point(page: Pixels, x: int, y: int) -> tuple[int, ...]:
    at = (y * page.width + x) * 3
    return tuple(page.points[at : at + 3])


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP, Kind.BMP, Kind.TIFF])
def test_a_picture_is_shown_as_its_points(kind: Kind) -> None:
    with viewing(encoded(picture(), kind.name)) as (one, _):
        shown = one.open()
        page = one.page(0, 1_000, 1_000)

    assert (shown.kind, shown.pages) == (kind, 1)
    assert (page.width, page.height) == (60, 40)
    blue, red = point(page, 10, 10), point(page, 50, 30)
    assert blue[2] > 200
    assert blue[0] < 60
    assert red[0] > 200
    assert red[2] < 60


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16", "F"])
def test_every_way_of_keeping_points_becomes_red_green_and_blue(mode: str) -> None:
    made = picture(mode="L").convert(mode) if mode in {"I;16", "F"} else picture(mode=mode)
    with viewing(encoded(made, "TIFF")) as (one, _):
        one.open()

        assert len(one.page(0, 100, 100).points) == 60 * 40 * 3


def test_what_is_transparent_is_white() -> None:
    with viewing(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), "PNG")) as (one, _):
        one.open()

        assert point(one.page(0, 10, 10), 1, 1) == (255, 255, 255)


def test_a_picture_is_made_smaller_to_fit_and_never_larger() -> None:
    with viewing(encoded(picture((600, 400)), "PNG")) as (one, _):
        one.open()
        small, large = one.page(0, 150, 150), one.page(0, 5_000, 5_000)

    assert (small.width, small.height) == (150, 100)
    assert (large.width, large.height) == (600, 400)


def test_a_picture_lies_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    with viewing(encoded(picture(), "JPEG", exif=exif)) as (one, _):
        one.open()
        page = one.page(0, 100, 100)

    assert (page.width, page.height) == (40, 60)


def test_every_page_of_a_tiff_is_shown() -> None:
    pages = [Image.new("RGB", (20 + at, 10), (at * 50, 0, 0)) for at in range(3)]
    content = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with viewing(content) as (one, _):
        assert one.open().pages == 3
        assert [one.page(at, 99, 99).width for at in (2, 0, 1)] == [22, 20, 21]


def test_the_pages_of_a_pdf_are_shown_as_large_as_they_fit() -> None:
    with viewing(samples.pdf()) as (one, _):
        shown = one.open()
        page = one.page(2, 800, 800)

    assert (shown.kind, shown.pages) == (Kind.PDF, 3)
    assert (page.width, page.height) == (800, 400)
    assert point(page, 80, 200) == (0, 0, 0)
    assert point(page, 400, 200) == (255, 255, 255)


def test_of_a_large_pdf_only_what_a_page_needs_is_opened() -> None:
    with viewing(samples.pdf(padding=20_000_000)) as (one, read):
        one.open()
        one.page(0, 100, 100)

    assert read.bytes < 2_000_000


def test_a_picture_that_unfolds_into_gigabytes_is_refused_before_it_is() -> None:
    content = samples.bomb()
    with viewing(content) as (one, _), pytest.raises(CannotShowError, match="memory"):
        one.open()

    assert len(content) < 20_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00\x03" + bytes(200), "type"),
        (b"PK\x03\x04\x14\x00\x00", "type"),
        (b"", "nothing"),
        (encoded(picture(), "PNG")[:60], "damaged"),
        (b"\xff\xd8\xff\xe0 no picture", "damaged"),
        (b"%PDF-1.7 and nothing behind it", "damaged"),
        (samples.pdf(encrypted=True), "password"),
    ],
)
def test_what_cannot_be_shown_says_why(content: bytes, words: str) -> None:
    def looked_at(one: Viewer) -> Pixels:
        one.open()
        return one.page(0, 100, 100)

    with viewing(content) as (one, _), pytest.raises(CannotShowError, match=words):
        looked_at(one)


def test_a_name_decides_nothing_and_markup_is_text() -> None:
    with viewing(b"<svg onload='x()'><script>alert(1)</script></svg>") as (one, _):
        assert one.open().kind is Kind.TEXT


def test_of_a_long_text_the_beginning_is_shown_and_that_is_said() -> None:
    with viewing(b"a line of text\n" * 1_000_000) as (one, read):
        shown = one.open()
        last = one.page(shown.pages - 1, 400, 400)

    assert shown.cut
    assert read.bytes < 5_000_000
    assert last.height <= 400


def test_an_encoding_can_be_chosen() -> None:
    greek = "Αθήνα".encode("cp1253")
    with viewing(greek) as (one, _):
        guess = one.open()
        wrong = one.page(0, 900, 900).points
    with viewing(greek) as (one, _):
        told = one.open(Encoding.WINDOWS_1253)
        right = one.page(0, 900, 900).points

    assert (guess.encoding, told.encoding) == (Encoding.WINDOWS_1252, Encoding.WINDOWS_1253)
    assert wrong != right
