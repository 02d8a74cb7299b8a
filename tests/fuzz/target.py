"""What a target is, and the law all of them hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.errors import BugError, JitError
from tests.fuzz.mutate import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader of bytes from outside.

    `read` raises a `JitError` for what it does not accept, and asserts what must hold of what it
    does accept. `seeds` are accepted, most of them; `weight` is its share of a
    campaign: what decodes in one step needs less than what walks through our code.
    """

    name: str
    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    form: Form = Form.BYTES
    limit: int = 40_000
    weight: float = 1.0


def accepts(target: Target, data: bytes) -> bool:
    """Whether the target takes these bytes; a refusal of ours is the only other thing allowed.

    Raises:
        BaseException: whatever else came out of the reader, `BugError` included: a finding.
    """
    try:
        target.read(data)
    except BugError:
        raise
    except JitError:
        return False
    return True
