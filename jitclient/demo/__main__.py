"""`python -m jitclient.demo [--file FILE] [--no-window]`: plays the story and shows the window."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from jitclient.cli.output import Output
from jitclient.cli.run import report
from jitclient.demo.stage import DEMO_MIB, Stage
from jitclient.demo.story import CAST, Story
from jitclient.demo.window import live, pictures
from protocol.errors import JitError


def main() -> int:
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(prog="jitclient.demo", description=__doc__)
    parser.add_argument("--file", type=Path, help=f"hand this over instead of {DEMO_MIB} MiB")
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    parser.add_argument("--no-window", action="store_true", help="pictures even with a display")
    args = parser.parse_args()
    out = Output(as_json=False)
    stage = Stage(args.output.absolute())
    try:
        return asyncio.run(_play(stage, out, args.file)) or _show(stage, args, out)
    except JitError as error:
        return report(error, out)
    except KeyboardInterrupt:
        return 130
    finally:
        stage.stop()


async def _play(stage: Stage, out: Output, file: Path | None) -> int:
    story = Story(stage, out)
    stage.clear()
    story.say("1. The store: SQLite and a folder, TLS on loopback")
    store = await asyncio.to_thread(stage.start_store, [guest for guest, _ in CAST.values()])
    story.say(f"  {store.address}, certificate sha256 {store.fingerprint}")
    try:
        story.say("2. Three people enrol with an invitation that pins the store's certificate")
        await story.enrol(store.invitations)
        story.say("3. The prosecutor opens a space and adds the others")
        space = await story.open_space()
        story.say("4. They compare safety numbers")
        await story.verify(space)
        story.say("5. They talk")
        await story.talk(space)
        story.say("6. Evidence is handed over")
        await story.hand_over(space, file)
        story.sum_up()
        (stage.folder / "space").write_text(space.hex())
    finally:
        await story.close()
    return 0


def _show(stage: Stage, args: argparse.Namespace, out: Output) -> int:
    if _display() and not args.no_window:
        sys.stdout.write("\n7. The prosecutor's window opens; the other two answer.\n")
        return live(stage)
    sys.stdout.write("\n7. There is no display here. Pictures of the window instead:\n")
    sys.stdout.flush()
    for path in pictures(stage):
        sys.stdout.write(f"  {path}\n")
    out.end_progress()
    return 0


def _display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return not os.environ.get("CI")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
