"""What the store states of its certificates, asked for while it is known: the next one is learnt.

Following a store that already shows another one is in `transport.py`.
Spec: docs/protocol/74-certificate.md §3.
"""

from __future__ import annotations

from contextlib import suppress

from protocol.errors import NotFoundError
from sync.api import StoreApi
from sync.ports import Certificates


async def hear(api: StoreApi, known: Certificates) -> None:
    """Once in a while; a store of before has no such route and states nothing."""
    if not await known.due():
        return
    with suppress(NotFoundError):
        await known.heard(await api.statements())
