"""Keys, tokens and the words of people do not stand in what a traceback or a log may print."""

from __future__ import annotations

import pytest

from jitclient.sealing import Draft
from protocol.api.accounts import EnrolRequest, PrekeyUpload, SessionReply
from protocol.content import Body, ExhibitNotice, Text, Welcome
from protocol.invitation import Invitation

SECRET = "the-secret-of-this-test-32-bytes"
KEY = SECRET.encode()
CONTENTS = (
    Text(version=1, text=SECRET, reply_to=None, mentions=()),
    Welcome(version=1, card_key=KEY),
    ExhibitNotice(version=1, manifest=b"", file_key=KEY),
)
EVERYTHING: tuple[object, ...] = (
    *CONTENTS,
    *(
        Body(version=1, lamport=1, claimed_at=1, audience=(), content=one, seen=())
        for one in CONTENTS
    ),
    *(Draft(content=one, kind="text", text=SECRET) for one in CONTENTS),
    EnrolRequest(user=b"u" * 16, code=KEY[:16], device_list=b"", prekeys=PrekeyUpload()),
    Invitation(
        version=1,
        address="store.example:443",
        certificate=bytes(32),
        store_key=bytes(32),
        user=b"u" * 16,
        code=KEY[:16],
    ),
    SessionReply(token=SECRET, expires_in=1),
)


@pytest.mark.parametrize("one", EVERYTHING, ids=lambda one: type(one).__name__)
def test_what_is_secret_is_not_shown(one: object) -> None:
    assert SECRET[:10] not in repr(one)
    assert SECRET[:10] not in str([one])
