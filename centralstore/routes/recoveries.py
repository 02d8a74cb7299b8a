"""Recovery by the user key, without a device."""

from __future__ import annotations

from typing import Final

from centralstore import recoveries
from centralstore.database import Transaction
from centralstore.mailbox import devices_of
from centralstore.service import Service
from centralstore.web import Call, Endpoint
from protocol.api import paths
from protocol.api.accounts import DeviceListReply, User
from protocol.api.recoveries import RecoverRequest, RecoveryListRequest
from protocol.ids import UserId


def newest_list(service: Service, tx: Transaction, call: Call) -> DeviceListReply:
    """POST /recoveries/lists."""
    signed = recoveries.newest_list(tx, call.body.proof, service.presented.accepted)
    return DeviceListReply(device_list=signed)


def recover(service: Service, tx: Transaction, call: Call) -> User:
    """POST /recoveries; the person's remaining devices learn of it."""
    body = call.body
    user = recoveries.recover(tx, body.proof, body.device_list, service.presented.accepted)
    for device in devices_of(tx, UserId(user.id)):
        tx.wake(device, b"", "directory")
    return user


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path=paths.RECOVERY_LISTS,
        operation="recovery.list",
        summary="The newest device list of who proves to hold its user key",
        act=newest_list,
        takes=RecoveryListRequest,
        gives=DeviceListReply,
        signed_in=False,
    ),
    Endpoint(
        method="POST",
        path=paths.RECOVERIES,
        operation="recovery.recover",
        summary="The next device list of who proves to hold its user key",
        act=recover,
        takes=RecoverRequest,
        gives=User,
        status=201,
        signed_in=False,
    ),
)
