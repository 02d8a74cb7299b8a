"""Reference pictures: how they are kept small, and how far a rendering may be from one.

A reference holds at most 64 colours: the most frequent ones exactly, so that every plain area of a
token is exact, and the others (edges of letters and curves) as the nearest of these. How far that
alone is from the rendering is written down beside it; what a later rendering is further away than
that has another reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from PIL import Image, ImageChops

Colour = tuple[int, ...]
COLOURS: Final = 64
NEAR: Final = 2
"""Steps of 255 by which a channel may differ and count as equal. Another processor blends edges
with other instructions and rounds otherwise: see `SHARE`."""
SHARE: Final = 1 / 5000
"""Pixels that may differ more than that beyond what is written down. Rendered with the processor's
vector instructions switched off (QT_NO_CPU_FEATURE), no page of this machine differed in one
pixel; the room is for processors we have not seen. The shortest hairline of a page covers more."""


@dataclass(frozen=True, slots=True)
class Distance:
    """Of `pixels`, how many differ in a channel by more than `NEAR`."""

    pixels: int
    apart: int

    @property
    def room(self) -> int:
        """How many more may differ."""
        return round(self.pixels * SHARE)


def reduced(picture: Image.Image) -> Image.Image:
    """The picture with at most `COLOURS` colours, the most frequent ones exact."""
    counted = picture.getcolors(picture.width * picture.height)
    most_first = sorted(cast("list[tuple[int, Colour]]", counted), reverse=True)
    found = [colour for _, colour in most_first]
    kept = found[:COLOURS]
    place = {colour: _nearest(colour, kept) for colour in found}
    made = Image.new("P", picture.size)
    pixels = cast("list[Colour]", picture.get_flattened_data())
    made.putdata([place[colour] for colour in pixels])
    made.putpalette([channel for colour in kept for channel in colour])
    return made


def _nearest(colour: Colour, kept: list[Colour]) -> int:
    def apart(at: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(kept[at], colour, strict=True))

    return min(range(len(kept)), key=apart)


def distance(rendering: Image.Image, reference: Image.Image) -> Distance | None:
    """How far a rendering is from its reference; None where they differ in size."""
    if rendering.size != reference.size:
        return None
    red, green, blue = ImageChops.difference(rendering, reference.convert("RGB")).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return Distance(rendering.width * rendering.height, sum(most[NEAR + 1 :]))
