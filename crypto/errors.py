"""Errors that only this room raises; all others are in protocol.errors."""

from __future__ import annotations

from protocol.errors import EXIT_BAD_DATA, ActionNeededError, RefusedError


class PrekeysExpiredError(RefusedError):
    """A device's prekeys are too old: it was away for long, or the store hides newer ones.

    This bundle is never used; another one may be asked for. By itself it is no sign of an attack.
    """

    code = "prekeys-expired"


class WordsError(ActionNeededError):
    """What was typed are not the 24 words of this person's recovery sheet."""

    code = "recovery-words"
    exit_status = EXIT_BAD_DATA
