"""Why an exhibit is not shown: four causes, by what a person can do."""

from __future__ import annotations

from protocol.errors import EXIT_BAD_DATA, EXIT_CONFIGURATION, ActionNeededError, RefusedError


class CannotShowError(ActionNeededError):
    """The safe viewer does not show such an exhibit; it can be exported."""

    code = "cannot-show"
    exit_status = EXIT_BAD_DATA


class ViewerEndedError(ActionNeededError):
    """The viewing process crashed, took too long or wanted too much memory."""

    code = "viewer-ended"
    exit_status = EXIT_BAD_DATA


class ViewerRefusedError(RefusedError):
    """The viewing process tried what showing a page does not need: it was taken over."""

    code = "viewer-refused"


class ViewerUnconfinedError(ActionNeededError):
    """This machine cannot confine the viewing process; so nothing is shown."""

    code = "viewer-unconfined"
    exit_status = EXIT_CONFIGURATION
