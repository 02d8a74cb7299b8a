"""Every route of the store, in one table: app.py serves it, openapi.py describes it.

Those of people and their devices stand in table_people.py.
"""

from __future__ import annotations

from typing import Final

from centralstore.routes import accesslog, files, messages, recoveries, smallfiles, spaces
from centralstore.routes.table_people import ACCOUNTS, LINKS
from centralstore.web import Endpoint
from protocol.api import accounts as a
from protocol.api import files as f
from protocol.api import logs as g
from protocol.api import paths
from protocol.api import smallfiles as t
from protocol.api import spaces as s

_SPACE: Final = f"{paths.SPACES}/{{space}}"
_FILE: Final = f"{_SPACE}/files/{{file}}"

SPACES: Final = (
    Endpoint(
        method="POST",
        path=paths.SPACES,
        operation="space.create",
        summary="Open a space with its signed genesis",
        act=spaces.create,
        takes=s.CreateSpaceRequest,
        gives=s.SpaceSummary,
        status=201,
    ),
    Endpoint(
        method="GET",
        path=paths.SPACES,
        operation="space.list",
        summary="One's own spaces",
        act=spaces.listing,
        gives=s.SpacesReply,
    ),
    Endpoint(
        method="GET",
        path=f"{_SPACE}/log",
        operation="log.read",
        summary="Entries of the membership log",
        act=spaces.read_log,
        gives=s.LogReply,
        query=("from",),
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/log",
        operation="log.append",
        summary="Add one entry behind the head",
        act=spaces.append_log,
        takes=s.AppendRequest,
        gives=s.SpaceSummary,
        status=201,
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/log/returned",
        operation="log.return",
        summary="Entries that the store lost, from whichever member has them",
        act=spaces.return_log,
        takes=s.ReturnRequest,
        gives=s.SpaceSummary,
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/bundles/{{device}}",
        operation="bundle.claim",
        summary="Claim one prekey bundle of a device in this space",
        act=spaces.claim_bundle,
        gives=a.Bundle,
    ),
    Endpoint(
        method="GET",
        path=f"{_SPACE}/wipes",
        operation="wipe.read",
        summary="Wipe receipts",
        act=spaces.read_wipes,
        gives=s.WipesReply,
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/wipes",
        operation="wipe.post",
        summary="Hand in this device's wipe receipt",
        act=spaces.post_wipe,
        takes=s.WipeRequest,
        status=204,
    ),
)

MESSAGES: Final = (
    Endpoint(
        method="POST",
        path=f"{_SPACE}/messages",
        operation="message.post",
        summary="Queue one sealed message",
        steps=messages.post,
        lane=messages.POSTS,
        ahead=messages.ahead,
        takes=s.PostMessageRequest,
        gives=s.PostedReply,
        status=201,
    ),
    Endpoint(
        method="GET",
        path=paths.MAILBOX,
        operation="mailbox.read",
        summary="Deliveries waiting for this device",
        stream=messages.read_mailbox,
        gives=s.MailboxReply,
        query=("after", "limit", "wait"),
    ),
    Endpoint(
        method="POST",
        path=paths.MAILBOX_ACK,
        operation="mailbox.ack",
        summary="Deliveries stored by the device",
        steps=messages.acknowledge,
        lane=messages.ACKS,
        takes=s.AckRequest,
        status=204,
    ),
    Endpoint(
        method="GET",
        path=paths.EVENTS,
        operation="events.listen",
        summary="Wake-ups, and what comes for this device, as server-sent events",
        stream=messages.events,
        binary="text/event-stream",
    ),
)

FILES: Final = (
    Endpoint(
        method="POST",
        path=f"{_SPACE}/files",
        operation="file.announce",
        summary="Announce a file and its recipients",
        act=files.announce,
        takes=f.AnnounceRequest,
        gives=f.FileReply,
    ),
    Endpoint(
        method="GET",
        path=_FILE,
        operation="file.read",
        summary="Where a file stands",
        act=files.state,
        gives=f.FileReply,
    ),
    Endpoint(
        method="PUT",
        path=f"{_FILE}/parts/{{number}}",
        operation="part.put",
        summary="Store one sealed part",
        stream=files.put_part,
        binary=files.OCTETS,
        status=204,
    ),
    Endpoint(
        method="GET",
        path=f"{_FILE}/parts/{{number}}",
        operation="part.get",
        summary="Fetch one sealed part",
        stream=files.get_part,
        binary=files.OCTETS,
    ),
    Endpoint(
        method="POST",
        path=f"{_FILE}/complete",
        operation="file.complete",
        summary="All parts are here: the Merkle root",
        act=files.complete,
        takes=f.CompleteRequest,
        gives=s.StoredReply,
    ),
    Endpoint(
        method="POST",
        path=f"{_FILE}/verified",
        operation="file.verified",
        summary="A recipient has and verified it",
        act=files.verified,
        takes=f.ProofRequest,
        gives=f.FileReply,
    ),
    Endpoint(
        method="POST",
        path=f"{_FILE}/withdraw",
        operation="file.withdraw",
        summary="The uploader withdraws it",
        act=files.withdraw,
        takes=f.ProofRequest,
        gives=f.FileReply,
    ),
)

SMALL_FILES: Final = (
    Endpoint(
        method="POST",
        path=f"{_SPACE}/small-files",
        operation="small.store",
        summary="Store several whole files of one part each",
        stream=smallfiles.store,
        takes=t.StoreSmallRequest,
        gives=t.StoreSmallReply,
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/small-files/parts",
        operation="small.fetch",
        summary="Fetch the parts of several such files",
        stream=smallfiles.fetch,
        takes=t.FetchSmallRequest,
        gives=t.FetchSmallReply,
    ),
    Endpoint(
        method="POST",
        path=f"{_SPACE}/small-files/verified",
        operation="small.verified",
        summary="A recipient has and verified several files",
        stream=smallfiles.verified,
        takes=t.ProveSmallRequest,
        status=204,
    ),
)

ACCESS_LOG: Final = (
    Endpoint(
        method="GET",
        path=paths.LOG_CHECKPOINT,
        operation="log.checkpoint",
        summary="The signed head of the access log",
        act=accesslog.read_checkpoint,
        gives=g.CheckpointReply,
    ),
    Endpoint(
        method="GET",
        path=paths.LOG_CONSISTENCY,
        operation="log.consistency",
        summary="That the access log only grew between two sizes",
        act=accesslog.read_consistency,
        gives=g.ConsistencyReply,
        query=("from", "to"),
    ),
    Endpoint(
        method="GET",
        path=paths.LOG_ROWS,
        operation="log.rows",
        summary="The caller's own rows of the access log, each with its proof",
        act=accesslog.read_rows,
        gives=g.OwnRowsReply,
        query=("from", "to"),
    ),
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *ACCOUNTS,
    *LINKS,
    *recoveries.ENDPOINTS,
    *SPACES,
    *MESSAGES,
    *FILES,
    *SMALL_FILES,
    *ACCESS_LOG,
)
