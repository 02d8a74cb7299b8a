"""Every error of the product, in four families by who can act.

A leaf has a stable `code` (window card, command line and store answer all use it), an exit
status for the command line, and a sentence for the person. Numbers and ids may stand in a
sentence; keys, passphrases and message text never do.
"""

from __future__ import annotations

from typing import ClassVar, Final

EXIT_FAILURE: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOT_FOUND: Final = 3
EXIT_PARTLY: Final = 4
EXIT_NO_TERMINAL: Final = 5
EXIT_BAD_DATA: Final = 65
EXIT_NO_INPUT: Final = 66
EXIT_UNREACHABLE: Final = 69
EXIT_INTERNAL: Final = 70
EXIT_CANNOT_CREATE: Final = 73
EXIT_IO: Final = 74
EXIT_TRY_LATER: Final = 75
EXIT_VERIFICATION: Final = 76
EXIT_NO_PERMISSION: Final = 77
EXIT_CONFIGURATION: Final = 78
EXIT_INTERRUPTED: Final = 130


class JitError(Exception):
    """Base of every error that may reach a person.

    Args:
        sentence: what happened and what is safe, one or two plain sentences.
        code: overrides the class's stable code where one class serves several causes.
    """

    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = EXIT_INTERNAL

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.reason = code or type(self).code


class TryAgainError(JitError):
    """The world is in the way; the same act may work later."""

    code = "try-again"
    exit_status = EXIT_TRY_LATER


class ActionNeededError(JitError):
    """A person must act: correct an input, unlock, free space."""

    code = "action-needed"
    exit_status = EXIT_FAILURE


class RefusedError(JitError):
    """A check failed; never retried, always recorded."""

    code = "refused"
    exit_status = EXIT_VERIFICATION


class BugError(JitError):
    """Ours. Stop and say so."""

    code = "bug"
    exit_status = EXIT_INTERNAL


# --- try again -------------------------------------------------------------------------------


class StoreUnreachableError(TryAgainError):
    """No connection to the store; what was asked is queued."""

    code = "store-unreachable"
    exit_status = EXIT_UNREACHABLE


class StoreBusyError(TryAgainError):
    """The store answered 429 or 5xx."""

    code = "store-busy"


class ProfileInUseError(TryAgainError):
    """Another process holds this profile."""

    code = "profile-in-use"


class LogMovedError(TryAgainError):
    """The membership log grew while we were writing to it (compare-and-set lost)."""

    code = "log-moved"


class RecipientsChangedError(TryAgainError):
    """An envelope addresses a device that is not, or no longer, in the space: seal anew."""

    code = "recipients-changed"


# --- a person must act -----------------------------------------------------------------------


class BadInputError(ActionNeededError):
    """An argument or a file's content is not usable."""

    code = "bad-input"
    exit_status = EXIT_BAD_DATA


class UsageError(ActionNeededError):
    """The command's words are off."""

    code = "usage"
    exit_status = EXIT_USAGE


class NotFoundError(ActionNeededError):
    """Nothing here has that id or name."""

    code = "not-found"
    exit_status = EXIT_NOT_FOUND


class NoInputError(ActionNeededError):
    """A file to read is missing or unreadable."""

    code = "no-input"
    exit_status = EXIT_NO_INPUT


class SourceChangedError(ActionNeededError):
    """The file changed or vanished while it was being read."""

    code = "source-changed"
    exit_status = EXIT_NO_INPUT


class CannotCreateError(ActionNeededError):
    """An output file exists already or cannot be made."""

    code = "cannot-create"
    exit_status = EXIT_CANNOT_CREATE


class DiskError(ActionNeededError):
    """The disk is full, read-only or failing; nothing acknowledged is lost."""

    code = "disk"
    exit_status = EXIT_IO


class NoTerminalError(ActionNeededError):
    """Input is needed but there is no terminal to ask on."""

    code = "no-terminal"
    exit_status = EXIT_NO_TERMINAL


class WrongPassphraseError(ActionNeededError):
    """The passphrase does not open this profile (or the keyring half is missing)."""

    code = "wrong-passphrase"
    exit_status = EXIT_NO_PERMISSION


class NotPermittedError(ActionNeededError):
    """The role of this person does not allow the act."""

    code = "no-permission"
    exit_status = EXIT_NO_PERMISSION


class SpaceClosedError(ActionNeededError):
    """The space is closed; nothing new can enter it."""

    code = "space-closed"
    exit_status = EXIT_NO_PERMISSION


class NotSignedInError(ActionNeededError):
    """The store has no session for this device, or does not accept its sign-in."""

    code = "not-signed-in"
    exit_status = EXIT_NO_PERMISSION


class NotEnrolledError(ActionNeededError):
    """This profile holds no identity yet."""

    code = "not-enrolled"
    exit_status = EXIT_CONFIGURATION


class AlreadyEnrolledError(ActionNeededError):
    """This profile already holds an identity."""

    code = "already-enrolled"
    exit_status = EXIT_CANNOT_CREATE


class InvitationError(ActionNeededError):
    """The invitation is malformed, altered, used or expired."""

    code = "invitation"
    exit_status = EXIT_BAD_DATA


class ErasedError(ActionNeededError):
    """The store erased it (everyone verified, 28 days passed, withdrawn, or closed)."""

    code = "erased"
    exit_status = EXIT_NOT_FOUND


class ConfigurationError(ActionNeededError):
    """The machine, a library or a setting is not fit (old SQLite, no SQLCipher, bad profile)."""

    code = "configuration"
    exit_status = EXIT_CONFIGURATION


class DamagedStoreError(ActionNeededError):
    """A local database or vault file is damaged; it was left untouched."""

    code = "damaged-store"
    exit_status = EXIT_IO


# --- refused: somebody, most likely the store, did what he may not -----------------------------


class MalformedError(RefusedError):
    """Bytes from outside do not follow the format, or exceed a limit."""

    code = "malformed"
    exit_status = EXIT_BAD_DATA


class LimitExceededError(MalformedError):
    """A length or a count from outside exceeds its limit."""

    code = "limit-exceeded"


class ForgedError(RefusedError):
    """A signature or an authentication tag does not verify."""

    code = "forged"


class StoreIdentityError(RefusedError):
    """The store's certificate is not the one this device knows; `certificate` is its SHA-256."""

    code = "store-identity"
    certificate: bytes = b""


class KeySubstitutedError(RefusedError):
    """The store offered another key for a person than the signed membership names (A02)."""

    code = "key-substituted"


class GhostMemberError(RefusedError):
    """The store named a member or device that no signed log entry admits (A03, A04)."""

    code = "ghost-member"


class LogRollbackError(RefusedError):
    """The store served an older membership log than this device has seen (A05)."""

    code = "log-rollback"


class LogForkError(RefusedError):
    """Two different membership logs for one space exist (A06)."""

    code = "log-fork"


class ReplayError(RefusedError):
    """An old envelope was delivered again (A20)."""

    code = "replay"


class ReorderedError(RefusedError):
    """Parts or messages were exchanged, dropped or repeated (A11, A12, A13, A18)."""

    code = "reordered"


class PartCorruptedError(RefusedError):
    """A part of an exhibit does not match the signed manifest."""

    code = "part-corrupted"


class HashMismatchError(RefusedError):
    """The whole of an exhibit does not have the SHA-256 its manifest states."""

    code = "hash-mismatch"


class RemovedSenderError(RefusedError):
    """A message was sent by somebody after the removal that ended his membership."""

    code = "removed-sender"


class ForgedClosingError(RefusedError):
    """A closing that no administrator signed (A32)."""

    code = "forged-closing"


class VerificationError(RefusedError):
    """The safety number a person gave is not the one this device computes."""

    code = "not-verified"
