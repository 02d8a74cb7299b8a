"""A person with her root and without a device: reading her own list, handing in the next."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.api.accounts import Message
from protocol.limits import MAX_DEVICE_LIST_BYTES, MAX_RECORD_BYTES

Proof = Annotated[bytes, msgspec.Meta(max_length=MAX_RECORD_BYTES)]


class RecoveryListRequest(Message, frozen=True, kw_only=True):
    """POST /recoveries/lists: a `Signed` of `RecoveryProof` by the user key."""

    proof: Proof


class RecoverRequest(Message, frozen=True, kw_only=True):
    """POST /recoveries: a proof over the list, and the list, a `Signed` of `DeviceList`."""

    proof: Proof
    device_list: Annotated[bytes, msgspec.Meta(max_length=MAX_DEVICE_LIST_BYTES)]
