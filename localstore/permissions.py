"""Recorded permissions of originators, by exhibit and handling code (space.db)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionRecord:
    """One permission: for which code, who gave it, where that is written, recorded when."""

    file: bytes
    code: str
    given_by: str
    reference: str
    at: int


_ADD: Final = rows.insertion("permission", PermissionRecord, verb="INSERT OR IGNORE")
_OF: Final = rows.selection(PermissionRecord, "FROM permission WHERE file = :file ORDER BY code")
_AMONG: Final = rows.selection(PermissionRecord, "FROM permission WHERE file IN ")


def add(sp: Connection, record: PermissionRecord) -> bool:
    """Keep a permission; False: one for this code stands already."""
    return bool(sp.execute(f"{_ADD} RETURNING 1", rows.values(record)).fetchall())


def of(sp: Connection, file: bytes) -> list[PermissionRecord]:
    """Every permission for an exhibit."""
    return [rows.build(PermissionRecord, row) for row in sp.execute(_OF, {"file": file})]


def among(sp: Connection, files: Sequence[bytes]) -> list[PermissionRecord]:
    """Every permission for one of these exhibits, by code."""
    found = sp.execute(f"{_AMONG}{rows.places(files)} ORDER BY code", tuple(files))
    return [rows.build(PermissionRecord, row) for row in found]
