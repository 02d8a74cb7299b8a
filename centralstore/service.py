"""What the routes work with: one object made at start-up, nothing global."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from centralstore.blobs import Blobs
from centralstore.database import Database
from centralstore.limiter import Limiter, Proxies, Rates
from centralstore.metrics import Metrics
from centralstore.quotas import MailboxQuota, Quotas
from centralstore.renewal import Presented
from centralstore.sequencer import Sequencer
from centralstore.sweeper import Sweeper
from centralstore.wakes import Hub, Listeners
from crypto.signatures import StoreKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running store.

    `presented` is the TLS certificate; `arriving` bounds the parts held in
    memory at one time; `slots` knows who waits at a slot for linking.
    """

    clock: Callable[[], float]
    presented: Presented
    key: StoreKey
    database: Database
    blobs: Blobs
    hub: Hub
    limiter: Limiter
    sweeper: Sweeper
    sequencer: Sequencer
    arriving: asyncio.Semaphore
    slots: Listeners[bytes] = field(default_factory=Listeners)
    metrics: Metrics = field(default_factory=Metrics)
    rates: Rates = field(default_factory=Rates)
    proxies: Proxies = field(default_factory=Proxies)
    quotas: Quotas = field(default_factory=Quotas)
    mailbox_quota: MailboxQuota = field(default_factory=MailboxQuota)
