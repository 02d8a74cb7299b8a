"""HKDF: the second implementation has the published answers, ours has those of the second."""

from __future__ import annotations

from pathlib import Path

import cryptography_vectors
from hypothesis import given
from hypothesis import strategies as st

from crypto.kdf import hkdf
from tests.crypto import second


def test_the_second_implementation_has_the_answers_of_rfc_5869() -> None:
    path = Path(cryptography_vectors.__file__).parent / "KDF" / "rfc-5869-HKDF-SHA256.txt"
    cases = 0
    for block in path.read_text().split("COUNT")[1:]:
        case = dict(
            line.split("=", 1) for line in block.replace(" ", "").splitlines() if "=" in line
        )
        raw = {name: bytes.fromhex(case[name]) for name in ("IKM", "salt", "info", "OKM")}
        out = second.hkdf(raw["salt"], raw["IKM"], raw["info"], len(raw["OKM"]), "sha256")
        assert out == raw["OKM"]
        cases += 1
    assert cases == 3


@given(
    salt=st.binary(min_size=1, max_size=80),
    ikm=st.binary(max_size=160),
    label=st.binary(max_size=30),
    context=st.binary(max_size=70),
    length=st.integers(1, 300),
)
def test_ours_equals_the_second(
    salt: bytes, ikm: bytes, label: bytes, context: bytes, length: int
) -> None:
    expected = second.hkdf(salt, ikm, label + b"\x00" + context, length)

    assert hkdf(salt, ikm, label, context, length) == expected


def test_two_purposes_never_share_a_key() -> None:
    assert hkdf(bytes(64), b"k", b"one", b"", 32) != hkdf(bytes(64), b"k", b"two", b"", 32)
    assert hkdf(bytes(64), b"k", b"one", b"a", 32) != hkdf(bytes(64), b"k", b"one", b"b", 32)
