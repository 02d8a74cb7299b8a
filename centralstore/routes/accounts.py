"""Who answers, enrolment, sign-in, the directory and prekeys."""

from __future__ import annotations

from centralstore import authn, devicelists, devices, directory, prekeys
from centralstore.database import Transaction
from centralstore.mailbox import devices_of
from centralstore.service import Service
from centralstore.web import Call
from protocol.api.accounts import (
    CertificateReply,
    ChallengeReply,
    DeviceListReply,
    OwnDevicesReply,
    PrekeyCount,
    ServerReply,
    SessionReply,
    User,
    UsersReply,
)
from protocol.ids import UserId
from protocol.records import VERSION


def server(service: Service, tx: Transaction, call: Call) -> ServerReply:
    """GET /server."""
    return ServerReply(
        product="jitstore",
        versions=(VERSION,),
        store_key=service.key.public,
        time=tx.second,
    )


def certificate(service: Service, tx: Transaction, call: Call) -> CertificateReply:
    """GET /certificate."""
    return CertificateReply(statements=service.presented.statements)


def enrol(service: Service, tx: Transaction, call: Call) -> User:
    """POST /enrolments; everyone listening learns that the directory changed."""
    user = directory.enrol(tx, call.body)
    tx.wake_all("directory")
    return user


def challenge(service: Service, tx: Transaction, call: Call) -> ChallengeReply:
    """POST /challenges."""
    return authn.challenge(tx)


def sign_in(service: Service, tx: Transaction, call: Call) -> SessionReply:
    """POST /sessions."""
    return authn.sign_in(tx, call.body.login, service.presented.accepted)


def sign_out(service: Service, tx: Transaction, call: Call) -> None:
    """DELETE /sessions/current."""
    authn.sign_out(tx, call.authorization)


def users(service: Service, tx: Transaction, call: Call) -> UsersReply:
    """GET /users."""
    return UsersReply(users=directory.users(tx))


def device_list(service: Service, tx: Transaction, call: Call) -> DeviceListReply:
    """GET /users/{user}/device-list?head=H: the newest, or the one of that hash."""
    user, head = UserId(call.id("user")), call.digest("head")
    return DeviceListReply(device_list=devicelists.device_list(tx, user, head))


def update_device_list(service: Service, tx: Transaction, call: Call) -> DeviceListReply:
    """PUT /users/{user}/device-list; one's own other devices learn of it."""
    user = UserId(call.id("user"))
    signed = devicelists.update(tx, user, call.body.device_list)
    for device in devices_of(tx, user):
        tx.wake(device, b"", "directory")
    return DeviceListReply(device_list=signed)


def own_devices(service: Service, tx: Transaction, call: Call) -> OwnDevicesReply:
    """GET /devices."""
    return OwnDevicesReply(devices=devices.own(tx))


def put_prekeys(service: Service, tx: Transaction, call: Call) -> PrekeyCount:
    """PUT /prekeys."""
    return prekeys.upload(tx, call.body)


def count_prekeys(service: Service, tx: Transaction, call: Call) -> PrekeyCount:
    """GET /prekeys."""
    return prekeys.count(tx)
