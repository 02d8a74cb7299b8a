"""The routes of people and their devices, for table.py."""

from __future__ import annotations

from typing import Final

from centralstore.routes import accounts, links
from centralstore.web import Endpoint
from protocol.api import accounts as a
from protocol.api import paths
from protocol.limits import KIB, MAX_LINK_BYTES

_LIST: Final = f"{paths.USERS}/{{user}}/device-list"
_SLOT: Final = f"{paths.LINKS}/{{slot}}"
_LINK_BYTES: Final = MAX_LINK_BYTES * 4 // 3 + 1 * KIB

ACCOUNTS: Final = (
    Endpoint(
        method="GET",
        path=paths.SERVER,
        operation="server.read",
        summary="Who answers, its key for storage receipts, its time",
        act=accounts.server,
        gives=a.ServerReply,
        signed_in=False,
    ),
    Endpoint(
        method="GET",
        path=paths.CERTIFICATE,
        operation="certificate.read",
        summary="What this store's long-term key states of its certificates, the next one too",
        act=accounts.certificate,
        gives=a.CertificateReply,
        signed_in=False,
    ),
    Endpoint(
        method="POST",
        path=paths.ENROLMENTS,
        operation="account.enrol",
        summary="Bind a first device to an invitation, once",
        act=accounts.enrol,
        takes=a.EnrolRequest,
        gives=a.User,
        status=201,
        signed_in=False,
    ),
    Endpoint(
        method="POST",
        path=paths.CHALLENGES,
        operation="session.challenge",
        summary="A nonce to sign",
        act=accounts.challenge,
        gives=a.ChallengeReply,
        status=201,
        signed_in=False,
    ),
    Endpoint(
        method="POST",
        path=paths.SESSIONS,
        operation="session.begin",
        summary="Sign in with a signed Login",
        act=accounts.sign_in,
        takes=a.SessionRequest,
        gives=a.SessionReply,
        status=201,
        signed_in=False,
    ),
    Endpoint(
        method="DELETE",
        path=paths.CURRENT_SESSION,
        operation="session.end",
        summary="Sign out",
        act=accounts.sign_out,
        status=204,
    ),
    Endpoint(
        method="GET",
        path=paths.USERS,
        operation="directory.read",
        summary="Everyone enrolled",
        act=accounts.users,
        gives=a.UsersReply,
    ),
    Endpoint(
        method="GET",
        path=_LIST,
        operation="device-list.read",
        summary="The newest signed device list of a person, or the one of that hash",
        act=accounts.device_list,
        gives=a.DeviceListReply,
        query=("head",),
    ),
    Endpoint(
        method="PUT",
        path=_LIST,
        operation="device-list.write",
        summary="The successor of one's own device list",
        act=accounts.update_device_list,
        takes=a.DeviceListUpdate,
        gives=a.DeviceListReply,
    ),
    Endpoint(
        method="GET",
        path=paths.DEVICES,
        operation="devices.read",
        summary="One's own devices and their last sign-in",
        act=accounts.own_devices,
        gives=a.OwnDevicesReply,
    ),
    Endpoint(
        method="PUT",
        path=paths.PREKEYS,
        operation="prekeys.write",
        summary="Publish prekeys",
        act=accounts.put_prekeys,
        takes=a.PrekeyUpload,
        gives=a.PrekeyCount,
    ),
    Endpoint(
        method="GET",
        path=paths.PREKEYS,
        operation="prekeys.read",
        summary="How many one-time keys remain",
        act=accounts.count_prekeys,
        gives=a.PrekeyCount,
    ),
)

LINKS: Final = (
    Endpoint(
        method="POST",
        path=paths.LINKS,
        operation="link.begin",
        summary="Open a slot for linking a device",
        act=links.begin,
        takes=a.LinkOpenRequest,
        gives=a.LinkReply,
        status=201,
    ),
    Endpoint(
        method="GET",
        path=_SLOT,
        operation="link.read",
        summary="What was left in a slot",
        stream=links.look,
        gives=a.LinkReply,
        signed_in=False,
        query=("after", "wait"),
    ),
    Endpoint(
        method="DELETE",
        path=_SLOT,
        operation="link.end",
        summary="Close a slot of one's own",
        act=links.end,
        status=204,
    ),
    Endpoint(
        method="PUT",
        path=f"{_SLOT}/request",
        operation="link.request",
        summary="A new device asks to be linked, once",
        act=links.put_request,
        takes=a.LinkPut,
        limit=_LINK_BYTES,
        status=204,
        signed_in=False,
    ),
    Endpoint(
        method="PUT",
        path=f"{_SLOT}/grant",
        operation="link.grant",
        summary="The device that opened the slot grants it, once",
        act=links.put_grant,
        takes=a.LinkPut,
        limit=_LINK_BYTES,
        status=204,
    ),
)
