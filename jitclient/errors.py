"""Errors that several modules of this room raise; all others are in protocol.errors."""

from __future__ import annotations

from protocol.errors import EXIT_NO_PERMISSION, EXIT_VERIFICATION, ActionNeededError


class DeviceRevokedError(ActionNeededError):
    """This device was revoked at another one; it takes part no longer."""

    code = "device-revoked"
    exit_status = EXIT_NO_PERMISSION


class NotRenewedError(ActionNeededError):
    """An administrator has to let this person in again, with the keys of the new devices."""

    code = "not-renewed"
    exit_status = EXIT_NO_PERMISSION


class KeyChangedError(ActionNeededError):
    """Somebody was let in again under another key, and nobody here has decided about it yet."""

    code = "key-changed"
    exit_status = EXIT_VERIFICATION
