"""Templates come back as they were kept."""

from __future__ import annotations

from localstore import templates
from localstore.connection import Connection, transaction


def test_templates_are_kept_replaced_and_dropped_by_name(db: Connection) -> None:
    with transaction(db):
        templates.save(db, "LKA", (("authority", "LKA"), ("conditions", "one\ntwo")))
        templates.save(db, "FIOD", (("authority", "FIOD"),))
        templates.save(db, "LKA", (("authority", "LKA Hamburg"), ("conditions", "one\ntwo")))

    assert list(templates.templates(db)) == ["FIOD", "LKA"]
    assert templates.templates(db)["LKA"] == (
        ("authority", "LKA Hamburg"),
        ("conditions", "one\ntwo"),
    )
    assert templates.drop(db, "LKA")
    assert not templates.drop(db, "LKA")
