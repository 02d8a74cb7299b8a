"""Lines that people copy and scan: one type is never taken for another."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol import invitation, textline, verification
from protocol.errors import BadInputError, InvitationError
from protocol.invitation import Invitation
from protocol.verification import VerifyCode

CODE = VerifyCode(
    version=1, shower=bytes(16), shower_key=bytes(32), reader=b"\1" * 16, reader_key=b"\2" * 32
)
INVITATION = Invitation(
    version=1,
    address="localhost:1",
    certificate=bytes(32),
    store_key=bytes(32),
    user=bytes(16),
    code=bytes(16),
)


def test_a_line_says_what_was_written_however_it_is_broken_up() -> None:
    text = verification.to_text(CODE)

    assert text.startswith("jit-verify:")
    assert verification.from_text(f"  {text[:40]}\r\n {text[40:]}\n") == CODE


def test_a_code_of_another_type_is_named_and_refused() -> None:
    with pytest.raises(BadInputError, match="This is an invitation"):
        verification.from_text(invitation.to_text(INVITATION))
    with pytest.raises(InvitationError, match="This is the code of a safety number"):
        invitation.from_text(verification.to_text(CODE))


def test_another_prefix_in_front_of_the_same_bytes_is_refused() -> None:
    text = verification.to_text(CODE).replace(textline.VERIFY, textline.LINK)

    with pytest.raises(BadInputError, match="altered"):
        textline.from_line(VerifyCode, textline.LINK, text)


@given(st.data())
def test_a_changed_or_missing_character_is_noticed(data: st.DataObject) -> None:
    text = verification.to_text(CODE)
    at = data.draw(st.integers(len(textline.VERIFY), len(text) - 1))
    other = data.draw(st.sampled_from("ABCabc012-_"))
    changed = data.draw(st.sampled_from((text[:at] + text[at + 1 :], text[:at] + other)))

    with pytest.raises(BadInputError):
        verification.from_text(changed)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_line_has_one_spelling_whatever_its_length(length: int) -> None:
    """Base64 lets bits that no byte is made of stand in the last character; a line does not."""
    text = invitation.to_text(replace(INVITATION, address="https://" + "s" * length))

    for last in string.ascii_letters + string.digits + "-_":
        if last != text[-1]:
            with pytest.raises(InvitationError, match="altered"):
                invitation.from_text(text[:-1] + last)
    assert invitation.from_text(text).address == "https://" + "s" * length


@given(st.text(max_size=3_000))
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInputError):
        verification.from_text("jit-verify:" + text)
