"""What the desk double knows of devices: own ones, linking a further one, changed keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jitclient.deviceviews import DeviceRow, KeyChangeRow, KeyOffer, LinkCandidate, LinkOfferView
from jitclient.errors import LinkEndedError, WrongCodeError
from jitclient.events import SpacesChanged
from jitclient.views import LogEntryRow, Trust
from protocol.errors import WrongPassphraseError
from protocol.ids import DeviceId, SpaceId, UserId
from tests.ui.desk_rows import DAY, NOW, ident
from tests.ui.desk_trust import DeskTrust

PASSPHRASE = "correct horse battery staple"
CODE = "7K3DQ0XV9WM2TB5R"
LINE = "jit-link:" + "kF3rQx9" * 44


def device(name: str, *, this: bool = False, revoked: bool = False) -> DeviceRow:
    """A row of a device of this name."""
    return DeviceRow(
        device=DeviceId(ident(name)),
        name=name,
        this=this,
        added_at=NOW - 30 * DAY,
        last_seen=NOW - 3600,
        revoked=revoked,
        fingerprint=ident(name).hex(),
    )


class DeskDevices(DeskTrust):
    """Lists, renames, revokes and links like the real desk, without any cryptography."""

    def __init__(self, *, empty: bool = False) -> None:
        super().__init__(empty=empty)
        self.own = [
            device("Office laptop", this=True),
            device("Court notebook"),
            device("Old computer", revoked=True),
        ]
        self.changes: list[KeyChangeRow] = []
        self.taken: list[tuple[UserId, bytes, str | None]] = []
        self.asking: LinkCandidate | None = None
        self.offered = False
        self.tries = 5
        self.shared: list[tuple[UserId, int]] = []
        self.named: list[tuple[UserId, UserId, str]] = []

    async def devices(self) -> tuple[DeviceRow, ...]:
        await self._enter("devices")
        return tuple(self.own)

    async def member_devices(self, space: SpaceId, user: UserId) -> tuple[DeviceRow, ...]:
        await self._enter("member_devices")
        count = self._member(space, user).devices
        names = [f"{user.hex()}{at}" for at in range(count)]
        return tuple(replace(device(one), name="", added_at=None, last_seen=None) for one in names)

    async def rename_device(self, device: DeviceId, name: str) -> None:
        await self._enter("rename_device")
        self.own = [replace(r, name=name) if r.device == device else r for r in self.own]

    async def revoke_device(self, device: DeviceId, passphrase: str, reason: str) -> None:
        await self._enter("revoke_device")
        self._ask(passphrase)
        self.reason = reason
        self.own = [replace(r, revoked=True) if r.device == device else r for r in self.own]

    async def offer_link(self, passphrase: str) -> LinkOfferView:
        await self._enter("offer_link")
        self._ask(passphrase)
        self.offered, self.tries = True, 5
        return LinkOfferView(line=LINE, expires_at=NOW + 600)

    async def link_candidate(self) -> LinkCandidate | None:
        await self._enter("link_candidate")
        if not self.offered:
            raise LinkEndedError("There is no offer to link a device. Make one.")
        return self.asking

    async def approve_link(self, code: str) -> DeviceRow:
        await self._enter("approve_link")
        if code != CODE:
            self.tries -= 1
            if not self.tries:
                self.offered = False
                raise LinkEndedError("Too many wrong codes: the offer is withdrawn.")
            raise WrongCodeError(f"This is not the code. {self.tries} tries left.")
        assert self.asking is not None
        self.own.append(device(self.asking.name))
        self.offered = False
        return self.own[-1]

    async def withdraw_link(self) -> None:
        await self._enter("withdraw_link")
        self.offered = False

    async def log_entries(self, space: SpaceId) -> tuple[LogEntryRow, ...]:
        await self._enter("log_entries")
        start = self.details[space].opened_at
        said = ["Clara Weiss opened the space.", "Clara Weiss added Jan de Vries."]
        said += ["Clara Weiss added Inés Salgado.", "Clara Weiss added Κώστας Παπαδόπουλος."]
        return tuple(
            LogEntryRow(seq=at, at=start + at * DAY, text=text) for at, text in enumerate(said)
        )

    async def share_history(self, space: SpaceId, user: UserId, since: int) -> None:
        await self._enter("share_history")
        self.shared.append((user, since))

    async def designate(
        self, space: SpaceId, user: UserId, controller: UserId, reason: str
    ) -> None:
        await self._enter("designate")
        self.named.append((user, controller, reason))
        detail = self.details[space]
        name = next(one.name for one in detail.members if one.user == controller)
        members = tuple(
            replace(one, waits=False, may_upload=True, controller=name) if one.user == user else one
            for one in detail.members
        )
        self.details[space] = replace(detail, members=members)
        self.publish(SpacesChanged())

    async def set_policy(self, space: SpaceId, *, verified_only: bool) -> None:
        await self._enter("set_policy")
        self.details[space] = replace(self.details[space], verified_only=verified_only)
        self.publish(SpacesChanged())

    async def export_fork_proof(self, space: SpaceId, path: Path) -> Path:
        await self._enter("export_fork_proof")
        path.write_bytes(b"proof")
        return path

    async def renew_member(self, space: SpaceId, user: UserId) -> None:
        await self._enter("renew_member")

    async def key_changes(self) -> tuple[KeyChangeRow, ...]:
        await self._enter("key_changes")
        return tuple(self.changes)

    async def decide_key(self, user: UserId) -> None:
        await self._enter("decide_key")
        self.changes = [one for one in self.changes if one.user != user]
        for space in self.details:
            self.trust(space, user, Trust.UNVERIFIED)
        self.publish(SpacesChanged())

    async def offered_key(self, user: UserId) -> KeyOffer:
        await self._enter("offered_key")
        return KeyOffer(
            user=user,
            name="Amélie Laurent",
            old_number="12345" * 12,
            new_number="67890" * 12,
            was_verified=True,
            new_key=b"k" * 32,
        )

    async def take_key(self, user: UserId, new_key: bytes, digits: str | None = None) -> KeyOffer:
        await self._enter("take_key")
        self.fail.pop("add_member", None)  # the store shows the key that is known now
        offer = await self.offered_key(user)
        self.taken.append((user, new_key, digits))
        return offer

    def ask(self, name: str = "Travel laptop") -> None:
        """A device asks to be linked."""
        self.asking = LinkCandidate(name=name, fingerprint=ident(name).hex(), code_length=16)

    def change_key(self, space: SpaceId, user: UserId) -> None:
        """An administrator let somebody in again with new keys."""
        self.trust(space, user, Trust.CHANGED)
        name = self._member(space, user).name
        self.changes.append(
            KeyChangeRow(user=user, name=name, by="Inés Salgado", at=NOW - 7200, spaces=(space,))
        )
        self.publish(SpacesChanged())

    def _ask(self, passphrase: str) -> None:
        if passphrase != PASSPHRASE:
            raise WrongPassphraseError("That passphrase does not open this profile.")
