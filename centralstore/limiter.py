"""Token buckets: by address for what needs no session; by device, account and space else.

In memory, bounded, and each process counts for itself; a restart forgets them. A bucket is only
ever emptied by who is counted: failed sign-ins count for the address they come from and for nobody
else, so that nobody can lock a colleague out. Spec: docs/protocol/70-store.md §8.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from centralstore.configuration import Configuration
from centralstore.errors import LimitedError
from protocol.ids import DeviceId, UserId

RATE_PER_SECOND: Final = 100.0
BURST: Final = 500.0
_MAX_KEYS: Final = 10_000
_MAX_SESSIONS: Final = 50_000
_MAX_WAIT: Final = 60
_MAX_TOLD: Final = 86_400
_TELL_BELOW: Final = 4


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller may know of one limit on him: its size, and how many requests he has left."""

    scope: str
    burst: int
    rate: float
    left: int

    def fields(self) -> dict[str, str]:
        """The header fields of draft-ietf-httpapi-ratelimit-headers, one policy.

        A bucket has no window that ends: `w` is how long an empty one takes to be full, `t` how
        long until this one is full again, both in whole seconds.
        """
        full = _seconds(self.burst, self.rate)
        again = _seconds(self.burst - self.left, self.rate)
        return {
            "ratelimit-policy": f'"{self.scope}";q={self.burst};w={full}',
            "ratelimit": f'"{self.scope}";r={self.left};t={again}',
        }


def _seconds(tokens: float, rate: float) -> int:
    return min(_MAX_TOLD, max(1, math.ceil(tokens / rate))) if rate > 0 else _MAX_TOLD


class Limiter:
    """Buckets of `burst` tokens that refill at `rate` a second."""

    def __init__(self, rate: float = RATE_PER_SECOND, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, key: object, now: float) -> bool:
        """Take one token; False when there is none. `now` in seconds of any steady clock."""
        tokens, since = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + max(0.0, now - since) * self._rate)
        granted = tokens >= 1.0
        self._buckets[key] = (tokens - 1.0 if granted else tokens, now)
        if len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        return granted

    def low(self, key: object) -> bool:
        """Whether it is time to tell: less than a quarter is left after the last request."""
        return self._buckets[key][0] * _TELL_BELOW < self._burst

    def told(self, scope: str, key: object) -> Told:
        """What remains for `key`, as of its last request."""
        left = self._buckets.get(key, (self._burst, 0.0))[0]
        return Told(scope, int(self._burst), self._rate, int(left))

    def wait(self, key: object) -> int:
        """Whole seconds until there is a token again, 1 to 60."""
        tokens = self._buckets.get(key, (self._burst, 0.0))[0]
        missing = max(0.0, 1.0 - tokens)
        seconds = missing / self._rate if self._rate > 0 else float(_MAX_WAIT)
        return min(_MAX_WAIT, max(1, math.ceil(seconds)))


@dataclass(frozen=True, slots=True)
class Rates:
    """Limits on who has a session: by device, account and space; None where there is none.

    Which session belongs to whom is remembered from its last good use, by the token's hash: so a
    request too many costs no question to the database. A space's bucket is emptied by those only
    whom it let in before: a stranger who knows its id cannot shut its members out.
    """

    device: Limiter | None = None
    account: Limiter | None = None
    space: Limiter | None = None
    _within: OrderedDict[tuple[bytes, str], None] = field(default_factory=OrderedDict)
    _known: OrderedDict[bytes, tuple[DeviceId, UserId]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, session: bytes, device: DeviceId, user: UserId) -> None:
        """The session was good; called on the database thread."""
        with self._lock:
            self._known[session] = (device, user)
            self._known.move_to_end(session)
            if len(self._known) > _MAX_SESSIONS:
                self._known.popitem(last=False)

    def whose(self, session: bytes) -> tuple[DeviceId, UserId] | None:
        """Whose the session was when it was last good; it may not be any more."""
        with self._lock:
            return self._known.get(session)

    def entered(self, session: bytes, space: str, *, let_in: bool) -> None:
        """Whether a space answered a session; called on the event loop."""
        self._within.pop((session, space), None)
        if let_in and self.space is not None:
            self._within[session, space] = None
            if len(self._within) > _MAX_SESSIONS:
                self._within.popitem(last=False)

    def admit(self, session: bytes, now: float, space: str = "") -> Told | None:
        """Count one request of a session that was good before; called on the event loop.

        `space` as the path names it, 32 hex digits; empty for what concerns none. Returns the limit
        of which least is left, where that is little.

        Raises:
            LimitedError: its device, its account or all members of the space ask too often.
        """
        known = self.whose(session)
        if known is None:
            return None
        lowest: Told | None = None
        counted: list[tuple[str, Limiter | None, object]] = [
            ("device", self.device, known[0]),
            ("account", self.account, known[1]),
        ]
        if (session, space) in self._within:
            counted.append(("space", self.space, space))
        for scope, limiter, key in counted:
            if limiter is None:
                continue
            told = spend(limiter, scope, key, now)
            if told is not None and (lowest is None or told.left < lowest.left):
                lowest = told
        return lowest


def spend(limiter: Limiter, scope: str, key: object, now: float) -> Told | None:
    """Take one token; what is left, where that is little.

    Raises:
        LimitedError: there is none.
    """
    if not limiter.take(key, now):
        raise LimitedError(scope, limiter.wait(key), limiter.told(scope, key).fields())
    return limiter.told(scope, key) if limiter.low(key) else None


def rates_of(config: Configuration) -> Rates:
    """The limits that are configured."""
    return Rates(
        device=_limiter(config.device_rate, config.device_burst),
        account=_limiter(config.account_rate, config.account_burst),
        space=_limiter(config.space_rate, config.space_burst),
    )


def addresses_of(config: Configuration) -> Limiter:
    """The limit on strangers, by address; one that never says no where none is configured."""
    return _limiter(config.address_rate, config.address_burst) or Limiter(math.inf, math.inf)


def _limiter(rate: int, burst: int) -> Limiter | None:
    return Limiter(rate, burst) if rate else None


@dataclass(frozen=True, slots=True)
class Proxies:
    """Networks whose requests come from many people: they count addresses themselves."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    def __contains__(self, address: str) -> bool:
        if not self.networks:
            return False
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)


def proxies_of(text: str) -> Proxies:
    """Read addresses and networks with commas between.

    Raises:
        ValueError: one is none.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    return Proxies(tuple(ipaddress.ip_network(word) for word in words))
