"""The machine's clock, which a test moves ahead."""

from __future__ import annotations

from jitclient.foundation.clock import SystemClock


class Later(SystemClock):
    """Now, and what has passed since; `passed` in seconds."""

    passed = 0

    def now(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return super().now() + self.passed
