"""`search`: messages and exhibits by what stands in them."""

from __future__ import annotations

import argparse

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output, local
from jitclient.desk import Desk
from jitclient.searchviews import SearchHit, SearchPage
from protocol.errors import EXIT_NOT_FOUND

_INDENT = " " * 6


def words(search: argparse.ArgumentParser) -> None:
    """The arguments of `search`."""
    search.add_argument(
        "query", nargs="+", help="words, 'a \"phrase\"', from:NAME, type:pdf, before:2026-11-02, …"
    )
    search.add_argument("--space", help="look in this space only")
    search.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N hits")


async def search(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`search QUERY... [--space SPACE] [--limit N]`."""
    space = await resolve.space(desk, args.space) if args.space else None
    await desk.searching.catch_up(lambda done: out.progress(f"Indexing, {done} %"))
    out.end_progress()
    page = await desk.searching.find(" ".join(args.query), space=space, limit=max(1, args.limit))
    out.result(
        {"hits": [shapes.hit(one) for one in page.hits], "more": page.more},
        [line for one in page.hits for line in _lines(one, several=space is None)],
    )
    _say(page, out)
    return 0 if page.hits else EXIT_NOT_FOUND


def _say(page: SearchPage, out: Output) -> None:
    if page.more:
        out.talk(f"These are the newest {len(page.hits)}; there are more. See: --limit")
    if not page.hits:
        out.talk(" ".join(("Nothing was found.", *page.hints)))
    if page.indexed < 100:
        out.talk("A space could not be indexed; what is in it may be missing here.")


def _lines(hit: SearchHit, *, several: bool) -> list[str]:
    where = f"{hit.space_title}, " if several and hit.space_title else ""
    if hit.file is None:
        first = f"{local(hit.at)}  {where}{hit.author_name}: {_shown(hit)}"
        return [first]
    head = f"{local(hit.at)}  {where}{hit.author_name}: exhibit {hit.heading.text}"
    facts = [f"{_INDENT}{one.label}: {one.text}" for one in hit.lines]
    return [f"{head}  [{hit.file.hex()[:8]}]", *facts]


def _shown(hit: SearchHit) -> str:
    return " ".join(one.text for one in hit.lines)
