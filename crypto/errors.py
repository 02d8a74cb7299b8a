"""Errors that only this room raises; all others are in protocol.errors."""

from __future__ import annotations

from protocol.errors import TryAgainError


class PrekeysExpiredError(TryAgainError):
    """The other device has not renewed its prekeys: it was away too long, or the store hides it."""

    code = "prekeys-expired"
