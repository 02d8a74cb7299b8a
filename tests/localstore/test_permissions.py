"""A permission stands as it was recorded first."""

from __future__ import annotations

from dataclasses import replace

from localstore import permissions
from localstore.connection import Connection
from localstore.permissions import PermissionRecord
from tests.localstore.samples import number_id

GIVEN = PermissionRecord(file=number_id(9), code="H1", given_by="A", reference="Letter", at=5)


def test_the_first_permission_for_a_code_stands(sp: Connection) -> None:
    assert permissions.add(sp, GIVEN)
    assert not permissions.add(sp, replace(GIVEN, given_by="B"))
    assert permissions.add(sp, replace(GIVEN, code="H2"))
    assert permissions.add(sp, replace(GIVEN, file=number_id(8)))

    assert permissions.of(sp, number_id(9)) == [GIVEN, replace(GIVEN, code="H2")]
