"""A safety number is read digit by digit, in the language that two persons speak."""

from __future__ import annotations

import pytest

from ui.language.digits import aloud
from ui.language.known import NAMES
from ui.people.readaloud import ReadAloud

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_number_is_read_digit_by_digit_group_by_group_in_the_language_of_the_call() -> None:
    part = ReadAloud()
    part.show_groups(("48151", "00079"))
    assert part.words.text() == "48151: four, eight, one, five, one"
    assert not part.back.isEnabled()

    part.next.click()
    part.spoken.setCurrentIndex(part.spoken.findData("fi"))

    assert part.words.text() == "00079: nolla, nolla, nolla, seitsemän, yhdeksän"
    assert part.place.text() == "2 of 2"
    assert not part.next.isEnabled()
    part.back.click()
    assert part.words.text().startswith("48151: neljä")
    part.deleteLater()


@pytest.mark.parametrize("language", NAMES)
async def test_each_official_language_has_ten_words_of_its_own_for_the_digits(
    language: str,
) -> None:
    said = aloud("0123456789", language).split(", ")

    assert len(set(said)) == 10
