"""The story: enrol, open a space, talk, hand over a large file, verify, sum up.

Every step is a use-case of the product through the same `Desk` the window uses; nothing here is
staged. Rates are measured, not promised.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jitclient.cli.output import Output, size
from jitclient.demo.stage import Stage, make_file
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.events import Event, TransferMoved
from jitclient.training.ownstore import Guest
from jitclient.views import ExhibitRow, ExhibitState, MessageState
from protocol.errors import ConfigurationError
from protocol.ids import FileId, SpaceId


def _guest(name: str, authority: str, country: str, party: str = "member-state") -> Guest:
    return Guest(name=name, authority=authority, country=country, party=party)


CAST = {
    "ana": (_guest("Ana Lima", "Ministério Público, Porto", "PT"), "prosecutor"),
    "bruno": (_guest("Bruno Keller", "LKA Hamburg", "DE"), "investigator"),
    "eva": (
        _guest("Eva Novak", "Europol AP Sustrans", "NL", "union-body"),
        "Europol analyst",
    ),
}
TITLE = "Operation Albatross"
AGREEMENT = "JIT 2026/17 PT-DE"


@dataclass(slots=True)
class Told:
    """What the story measured."""

    space: SpaceId | None = None
    exhibit: ExhibitRow | None = None
    left: str = ""  # the state of the file at the store when everyone has verified it
    seconds: dict[str, float] = field(default_factory=dict)


class Story:
    """Plays on a stage and says what happens."""

    def __init__(self, stage: Stage, out: Output) -> None:
        self.stage = stage
        self.out = out
        self.told = Told()
        self.desks: dict[str, Desk] = {}

    def say(self, line: str) -> None:
        """One line for the person who watches."""
        self.out.end_progress()
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    async def enrol(self, invitations: Sequence[str]) -> None:
        """Three invitations, three profiles, three keys made where they stay."""
        for (who, (guest, role)), invitation in zip(CAST.items(), invitations, strict=True):
            began = time.monotonic()
            door = DoorKeeper(self.stage.profile(who))
            self.desks[who] = await door.enrol(invitation, self.stage.passphrase)
            await self.desks[who].sync_now(transfers=False)
            self.say(
                f"  {guest.name}, {role}, {guest.authority} ({guest.country}): keys made and "
                f"published in {time.monotonic() - began:.1f} s"
            )

    async def open_space(self) -> SpaceId:
        """Ana opens a space for the signed agreement and adds the others."""
        ana = self.desks["ana"]
        space = await ana.create_space(agreement=AGREEMENT, signed_on="2026-05-04", title=TITLE)
        for person in await ana.people():
            await ana.add_member(space, person.user)
        for who in ("bruno", "eva"):
            await self.desks[who].sync_now(transfers=False)
        self.told.space = space
        members = (await ana.space(space)).members
        for one in members:
            self.say(f"  {one.name} ({one.country}): {one.role.value}")
        return space

    async def verify(self, space: SpaceId) -> None:
        """Both sides compute the same 60 digits; as if read aloud in a meeting."""
        ana = self.desks["ana"]
        for who in ("bruno", "eva"):
            other = self.desks[who]
            number = (await other.verify(space, ana.me.user)).digits
            compared = await ana.verify(space, other.me.user, number)
            await other.verify(space, ana.me.user, compared.digits)
            blocks = " ".join(number[i : i + 5] for i in range(0, 60, 5))
            self.say(f"  with {compared.name}: {blocks}")

    async def talk(self, space: SpaceId) -> None:
        """Messages in three directions, and their receipts."""
        began = time.monotonic()
        lines = (
            ("ana", "Good morning. The searches in Porto and Hamburg start on Thursday at 06:00."),
            ("bruno", "Hamburg is ready. Two teams, one forensic van."),
            ("eva", "The analysis of the container numbers is done; the report follows here."),
        )
        for who, text in lines:
            await self.desks[who].send(space, text)
            await self.desks[who].sync_now(transfers=False)
            for other in self.desks.values():
                await other.sync_now(transfers=False)
        for other in self.desks.values():
            await other.sync_now(transfers=False)
        self.told.seconds["messages"] = time.monotonic() - began
        for row in await self.desks["ana"].messages(space):
            if row.kind.value == "text":
                have = sum(1 for r in row.received_by if r.at is not None)
                state = f"received by {have} of {len(row.received_by)}" if row.mine else "received"
                self.say(f"  {row.author_name}: {row.text}  [{state}]")
                if row.mine and row.state is not MessageState.RECEIVED:
                    raise ConfigurationError("A message was not received by everyone.")

    async def hand_over(self, space: SpaceId, given: Path | None) -> ExhibitRow:
        """Ana seals and uploads; Bruno and Eva fetch and verify; receipts come back."""
        ana = self.desks["ana"]
        made = self.stage.folder / "seized-disk.img"
        path = given if given is not None else await asyncio.to_thread(make_file, made)
        to = [self.desks[who].me.user for who in ("bruno", "eva")]
        began = time.monotonic()
        row = await ana.add_evidence(space, path, to=to, exhibit="E-17")
        await self._carry("ana", "sealed and uploaded", row.file)
        self._time("upload", began)
        for who in ("bruno", "eva"):
            began = time.monotonic()
            await self._carry(who, "fetched and verified", row.file)
            found = await self.desks[who].exhibit(space, row.file)
            if found.state is not ExhibitState.VERIFIED:
                raise ConfigurationError(f"{who} could not verify the exhibit: {found.problem}")
            self._time(f"download {who}", began)
        await ana.sync_now(transfers=False)
        done = await ana.exhibit(space, row.file)
        self.told.exhibit = done
        self.told.left = (await ana.api.file_state(space, row.file)).state.value
        for one in done.recipients:
            self.say(f"  signed receipt of {one.name}: downloaded and verified")
        return done

    async def _carry(self, who: str, what: str, file: FileId) -> None:
        desk = self.desks[who]

        def tell(event: Event) -> None:
            if isinstance(event, TransferMoved) and event.file == file:
                share = 100 * event.done // max(1, event.total)
                self.out.progress(
                    f"  {CAST[who][0].name}: {share:3d} %  {size(event.done)} of "
                    f"{size(event.total)}  {size(event.rate)}/s"
                )

        unsubscribe = desk.events.subscribe(tell)
        try:
            await desk.sync_now(transfers=True)
        finally:
            unsubscribe()
        self.say(f"  {CAST[who][0].name}: {what}")

    def _time(self, what: str, began: float) -> None:
        self.told.seconds[what] = time.monotonic() - began

    def sum_up(self) -> None:
        """The figures of this run on this machine."""
        done, seconds = self.told.exhibit, self.told.seconds
        if done is None:
            return
        self.say("")
        self.say("Summary")
        self.say(f"  exhibit E-17: {done.name}, {size(done.size)}, sha256 {done.sha256}")
        self.say(
            f"  sealed and uploaded in {seconds['upload']:.1f} s "
            f"({size(done.size / seconds['upload'])}/s)"
        )
        for who in ("bruno", "eva"):
            took = seconds[f"download {who}"]
            self.say(
                f"  fetched, opened and verified by {CAST[who][0].name} in {took:.1f} s "
                f"({size(done.size / took)}/s)"
            )
        verified = sum(1 for r in done.recipients if r.at is not None)
        self.say(
            f"  receipts: {verified} of {len(done.recipients)}; at the store: {self.told.left}"
        )

    async def close(self) -> None:
        """Lock the three desks."""
        for desk in self.desks.values():
            await desk.close()
        self.desks.clear()
