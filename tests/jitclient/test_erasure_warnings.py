"""Who has an exhibit not yet is warned before the store erases it: on day 14, 21, 25 and 27."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from jitclient import manifests
from jitclient.queries.today import warnings
from jitclient.session import Session
from jitclient.todaydesk import TodayDesk
from jitclient.todayviews import DAY, WARNED_AT, NeedKind, NeedRow, warned
from localstore import evidence
from localstore.connection import transaction
from protocol.ids import MessageId, SpaceId, UserId
from protocol.limits import RETENTION_SECONDS
from tests.jitclient.evidence import Exhibit
from tests.jitclient.office import Office
from tests.jitclient.two import pair
from tests.localstore.samples import ALICE, BOB, exhibit, number_id

if TYPE_CHECKING:
    from jitclient.place import Place


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, 0), (13.99, 0), (14, 1), (20.99, 1), (21, 2), (25, 3), (26.99, 3), (27, 4), (27.99, 4)],
)
def test_a_warning_is_due_from_its_day_on(days: float, due: int) -> None:
    first_byte, now = 1_000_000, 1_000_000 + int(days * DAY)

    assert warned(first_byte + RETENTION_SECONDS, now) == due


def test_of_what_is_erased_or_of_which_no_day_is_known_nothing_is_due() -> None:
    assert warned(100, 100) == 0
    assert warned(None, 100) == 0
    assert WARNED_AT == (14, 21, 25, 27)


def _put(session: Session, space: SpaceId, at: int, **facts: Any) -> None:
    sp = session.stores.space(space)
    mine = {"mine": False, "recipients": (BOB,), "state": "available", "expires_at": at}
    with transaction(sp):
        count = len(evidence.exhibits(sp))
        evidence.add_exhibit(sp, exhibit(file=number_id(count), **(mine | facts)))


def _needs(office: Office) -> list[NeedRow]:
    found = asyncio.run(TodayDesk(office.sessions["ana"]).needs())
    return [one for one in found if one.kind is NeedKind.ERASURE]


def test_what_did_not_come_yet_is_named_with_the_nearest_day_and_nothing_else_is(
    office: Office,
) -> None:
    space, now = pair(office), office.clock.now()
    for state in ("available", "downloading", "paused", "failed", "corrupted"):
        office.on("ana", _put, space, now + 10 * DAY, state=state)
    office.on("ana", _put, space, now + 2 * DAY)
    office.on("ana", _put, space, now + 14 * DAY + 1)  # of which nothing is due yet
    office.on("ana", _put, space, now)  # gone
    office.on("ana", _put, space, now + DAY, state="verified")
    office.on("ana", _put, space, now + DAY, state="uploading", mine=True)
    office.on("ana", _put, space, now + DAY, state="failed", recipients=())  # shared, not sent

    (need,) = _needs(office)

    assert (need.count, need.at, need.space) == (6, now + 2 * DAY, space)


def test_as_days_go_by_each_warning_is_counted_once(office: Office) -> None:
    space, now = pair(office), office.clock.now()
    office.on("ana", _put, space, now + RETENTION_SECONDS)
    seen = []

    for _ in range(29):
        seen.append(office.on("ana", warnings))
        office.clock.at += DAY

    assert seen == [0] * 14 + [1] * 7 + [2] * 4 + [3] * 2 + [4] + [0]


@pytest.mark.parametrize(("signed", "counted"), [(500, 500), (1_000, 1_000), (2_000, 1_000)])
def test_the_day_of_what_is_received_counts_from_its_signing_and_never_from_later_than_now(
    signed: int, counted: int, tmp_path: Path
) -> None:
    manifest = Exhibit(tmp_path, size=10).manifest(claimed_at=signed)
    at = cast("Place", SimpleNamespace(now=1_000))
    of = (at, manifest, b"", bytes(32), MessageId(bytes(16)), UserId(BOB))

    received = manifests.exhibit(*of, recipients=(UserId(ALICE),))

    assert received.expires_at == counted + RETENTION_SECONDS
    assert manifests.exhibit(*of).expires_at is None  # shared: the store gives it to nobody here
