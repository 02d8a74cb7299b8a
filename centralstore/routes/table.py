"""Every route of the store, in one table: app.py serves it, openapi.py describes it."""

from __future__ import annotations

from typing import Final

from centralstore.routes import accounts
from centralstore.web import Endpoint
from protocol.api import accounts as a
from protocol.api import paths

_LIST: Final = f"{paths.USERS}/{{user}}/device-list"

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
        summary="The newest signed device list of a person",
        act=accounts.device_list,
        gives=a.DeviceListReply,
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

ENDPOINTS: Final[tuple[Endpoint, ...]] = ACCOUNTS
