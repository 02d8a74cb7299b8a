"""Tables that several commands print."""

from __future__ import annotations

from jitclient import factviews
from jitclient.cli.output import size, table
from jitclient.views import ExhibitRow


def exhibit_lines(rows: list[ExhibitRow]) -> list[str]:
    """Exhibits, and below what is wrong with them."""
    lines = table(
        [
            (
                r.file.hex(),
                r.exhibit or "—",
                r.state.value,
                size(r.size),
                f"{sum(1 for p in r.recipients if p.at)} of {len(r.recipients)}",
                " ".join(factviews.marks(r.facts)) or "—",
                r.name,
            )
            for r in rows
        ],
        ("ID", "EXHIBIT", "STATE", "SIZE", "VERIFIED BY", "MARKS", "NAME"),
    )
    return lines + [f"{r.name}: {r.problem}" for r in rows if r.problem]
