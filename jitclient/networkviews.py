"""What the window shows of the way to the store; part of what both faces show, as `views`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Authority:
    """Who must have issued the store's certificate, by its own words; `until` in Unix seconds."""

    name: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far one look at the way to the store came; nothing but the request for its name was sent.

    Attributes:
        address: `host:port`.
        proxy: through which one it was tried; empty: directly.
        stopped: `name`, `line`, `tls`, `answer`, `identity` where it was another than the
            store, or `portal` where it was a page of the network; empty: the store answered.
        problem: the words of the system, or a whole sentence for `identity` and `portal`.
        ahead: seconds that this computer's clock is before the store's; 0: not known.
    """

    address: str
    proxy: str = ""
    stopped: str = ""
    problem: str = ""
    ahead: int = 0
