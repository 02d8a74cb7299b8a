"""Fonts cover every language of the Union; icons draw; licences lie beside."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QRawFont
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from resources import path

FONTS = sorted(path("fonts").glob("*.ttf"))
ICONS = sorted(path("icons").glob("*.svg"))

EU_LETTERS = (
    "ÀàÁáÂâÃãÄäÅåÆæÇçÈèÉéÊêËëÌìÍíÎîÏïÐðÑñÒòÓóÔôÕõÖöØøÙùÚúÛûÜüÝýÞþßÿ"  # western and northern
    "ĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžȘșȚț"
    "ĠġĦħĊċ"  # Maltese
    "ḂḃĊċḊḋḞḟĠġṀṁṖṗṠṡṪṫ"  # Irish, with the dot
    "ΆάΈέΉήΊίΐΌόΎύΰΏώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψω"
    "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯабвгдежзийклмнопрстуфхцчшщъьюяѝЀѐ"
    "„“”‘’‚«»‹›–—…·•€§°№"
)
ARROWS = "←→↑↓✓"  # in Inter only; hashes and codes need none


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_a_bundled_font_has_every_letter_of_the_unions_languages(qtbot: QtBot, font: Path) -> None:
    raw = QRawFont(str(font), 14.0)
    wanted = EU_LETTERS + (ARROWS if font.stem.startswith("Inter") else "")

    missing = [letter for letter in wanted if not raw.supportsCharacter(ord(letter))]

    assert missing == []


@pytest.mark.parametrize("family", ["Inter", "Noto Sans Mono"])
@pytest.mark.parametrize("weight", [400, 500, 600])
def test_qt_finds_each_family_in_three_weights(qtbot: QtBot, family: str, weight: int) -> None:
    for font in FONTS:
        assert QFontDatabase.addApplicationFont(str(font)) >= 0
    wanted = QFont(family)
    wanted.setWeight(QFont.Weight(weight))

    found = QFontInfo(wanted)

    assert (found.family(), found.weight()) == (family, weight)


@pytest.mark.parametrize("icon", ICONS, ids=lambda icon: icon.stem)
def test_an_icon_draws_in_the_colour_it_is_given(qtbot: QtBot, icon: Path) -> None:
    renderer = QSvgRenderer(str(icon))

    assert renderer.isValid()
    assert "currentColor" in icon.read_text()


@pytest.mark.parametrize(
    "licence",
    ["fonts/OFL-Inter.txt", "fonts/OFL-NotoSansMono.txt", "icons/LICENSE", "words/LICENSE"],
)
def test_each_licence_lies_beside_what_it_covers(licence: str) -> None:
    assert "Copyright" in path(licence).read_text()


def test_the_words_are_the_published_ones() -> None:
    digest = hashlib.sha256(path("words/english.txt").read_bytes()).hexdigest()

    assert digest in path("SOURCES.md").read_text()


def test_the_fonts_stay_small() -> None:
    assert sum(font.stat().st_size for font in FONTS) < 3_000_000


def test_an_unknown_resource_is_a_mistake_that_shows() -> None:
    with pytest.raises(FileNotFoundError):
        path("icons/no-such-icon.svg")
