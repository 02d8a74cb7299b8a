"""Spaces, membership logs, prekey bundles and wipe receipts."""

from __future__ import annotations

from centralstore import mailbox, prekeys, returning, spacelog, wipes
from centralstore.access import enter
from centralstore.database import Transaction
from centralstore.errors import unknown
from centralstore.policy import Act
from centralstore.service import Service
from centralstore.web import Call
from protocol.api.accounts import Bundle
from protocol.api.spaces import LogReply, SpacesReply, SpaceSummary, WipesReply
from protocol.ids import DeviceId, SpaceId


def create(service: Service, tx: Transaction, call: Call) -> SpaceSummary:
    """POST /spaces."""
    return spacelog.create(tx, call.body.genesis)


def listing(service: Service, tx: Transaction, call: Call) -> SpacesReply:
    """GET /spaces."""
    return SpacesReply(spaces=spacelog.spaces(tx))


def read_log(service: Service, tx: Transaction, call: Call) -> LogReply:
    """GET /spaces/{space}/log?from=N."""
    entered = enter(tx, Act.READ_LOG, SpaceId(call.id("space")))
    return spacelog.page(tx, entered, call.number("from", 0))


def append_log(service: Service, tx: Transaction, call: Call) -> SpaceSummary:
    """POST /spaces/{space}/log."""
    space = SpaceId(call.id("space"))
    tx.hold(space)
    repeated = spacelog.repeated(tx, space, call.body.entry)
    if repeated is not None:
        return repeated
    return spacelog.append(tx, enter(tx, Act.APPEND_LOG, space), call.body.entry)


def return_log(service: Service, tx: Transaction, call: Call) -> SpaceSummary:
    """POST /spaces/{space}/log/returned."""
    entered = enter(tx, Act.APPEND_LOG, SpaceId(call.id("space")))
    return returning.take_back(tx, entered, call.body)


def claim_bundle(service: Service, tx: Transaction, call: Call) -> Bundle:
    """POST /spaces/{space}/bundles/{device}: only of a device in the same space."""
    entered = enter(tx, Act.CLAIM_BUNDLE, SpaceId(call.id("space")))
    device = DeviceId(call.id("device"))
    tx.subject = device
    if device not in mailbox.devices(tx, entered.space):
        raise unknown()
    return prekeys.claim(tx, device)


def read_wipes(service: Service, tx: Transaction, call: Call) -> WipesReply:
    """GET /spaces/{space}/wipes."""
    entered = enter(tx, Act.READ_WIPES, SpaceId(call.id("space")))
    return WipesReply(receipts=wipes.receipts(tx, entered))


def post_wipe(service: Service, tx: Transaction, call: Call) -> None:
    """POST /spaces/{space}/wipes."""
    entered = enter(tx, Act.POST_WIPE, SpaceId(call.id("space")))
    wipes.post(tx, entered, call.body.receipt)
