"""Errors that several modules of this room raise; all others are in protocol.errors."""

from __future__ import annotations

from protocol.errors import (
    EXIT_NO_PERMISSION,
    EXIT_NOT_FOUND,
    EXIT_VERIFICATION,
    ActionNeededError,
    RefusedError,
    TryAgainError,
)
from protocol.ids import DeviceId


class FloodError(RefusedError):
    """A device does something far more often than any honest program; told once for each device."""

    code = "flood"  # every kind of it has its own

    def __init__(self, sentence: str, device: DeviceId) -> None:
        super().__init__(sentence)
        self.device = device


class AccessLogError(RefusedError):
    """The store's access log is not the one this device remembers; what was done is in the code."""

    code = "access-log"


class SecondSpaceError(RefusedError):
    """The store let a second space be opened for one JIT (R13.1)."""

    code = "second-space"


class ClockInDoubtError(ActionNeededError):
    """The clock leapt so far ahead that a deadline is not believed to have passed yet."""

    code = "clock-in-doubt"


class MailboxFullError(TryAgainError):
    """The store says it has no room for what is for a device."""

    code = "mailbox-full"


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


class TwoVersionsError(ActionNeededError):
    """Two devices have different bodies under one message id (I19), or one of them says so."""

    code = "two-versions"
    exit_status = EXIT_VERIFICATION


class LateEditError(RefusedError):
    """A text was changed later than its author may, by his own times (40 §10)."""

    code = "late-edit"


class AcquisitionDiffersError(ActionNeededError):
    """A file does not have the hash its acquisition report states; nothing of it left."""

    code = "acquisition-differs"
    exit_status = EXIT_VERIFICATION


class DuplicateError(ActionNeededError):
    """The space has this content already; a person may hand it over once more."""

    code = "duplicate"


class HandlingCodeError(ActionNeededError):
    """A handling code forbids it until the originator's permission is on record."""

    code = "handling-code"
    exit_status = EXIT_NO_PERMISSION


class UnknownDeviceError(ActionNeededError):
    """The store shows a device of one's own that this device does not know of."""

    code = "own-device-unknown"
    exit_status = EXIT_VERIFICATION


class WrongCodeError(ActionNeededError):
    """The code typed is not the one of the device that asks to be linked."""

    code = "link-code"
    exit_status = EXIT_VERIFICATION


class LinkEndedError(ActionNeededError):
    """The offer to link a device was withdrawn, used, or its time is over."""

    code = "link-ended"
    exit_status = EXIT_NOT_FOUND
