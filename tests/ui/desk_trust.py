"""What the desk double knows of keys and what it has read again; what it writes as a paper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from jitclient import newfile
from jitclient.checkviews import SpaceCheck
from jitclient.events import SpacesChanged
from jitclient.paperviews import PaperKind
from jitclient.views import CustodyChain, MemberRow, Trust, Verification
from protocol import verification
from protocol.errors import BadInputError, VerificationError
from protocol.ids import SpaceId, UserId
from protocol.verification import VerifyCode
from tests.ui.desk_rows import NOW, DeskRows


class DeskTrust(DeskRows):
    """Compares like the real desk, over fingerprints made of the user's id."""

    def number(self, user: UserId) -> str:
        """The sixty digits with a member."""
        return str(int.from_bytes(hashlib.sha512(user).digest(), "big"))[:60]

    def code(self, shower: UserId, reader: UserId) -> str:
        """What `shower` shows to `reader`."""
        return verification.to_text(
            VerifyCode(
                version=1,
                shower=shower,
                shower_key=hashlib.sha256(shower).digest(),
                reader=reader,
                reader_key=hashlib.sha256(reader).digest(),
            )
        )

    async def verify(self, space: SpaceId, user: UserId, digits: str | None = None) -> Verification:
        await self._enter("verify")
        if digits is None:
            return self._known(space, user)
        return self._compared(space, user, digits, self.number(user))

    def whose_code(self, payload: str) -> UserId:
        return UserId(verification.from_text(payload).shower)

    async def verify_code(self, space: SpaceId, user: UserId, payload: str) -> Verification:
        await self._enter("verify_code")
        code = verification.from_text(payload)
        if (code.shower, code.reader) != (user, self.me.user):
            raise BadInputError("This code is of somebody else.")
        return self._compared(space, user, payload.strip(), self.code(user, self.me.user))

    async def verification_sheet(self, space: SpaceId) -> tuple[Verification, ...]:
        await self._enter("verification_sheet")
        others = [one.user for one in self.details[space].members if not one.is_me]
        return tuple(self._known(space, user) for user in others)

    async def numbers_differ(self, space: SpaceId, user: UserId) -> Verification:
        await self._enter("numbers_differ")
        self.trust(space, user, Trust.UNVERIFIED)
        self.publish(SpacesChanged())
        return self._known(space, user)

    def _compared(self, space: SpaceId, user: UserId, given: str, true: str) -> Verification:
        if given != true:
            raise VerificationError("The number you gave is not the one computed here.")
        self.trust(space, user, Trust.VERIFIED)
        self.publish(SpacesChanged())
        return self._known(space, user, compared=True)

    def _known(self, space: SpaceId, user: UserId, *, compared: bool = False) -> Verification:
        one = self._member(space, user)
        return Verification(
            user=user,
            name=one.name,
            digits=self.number(user),
            code=self.code(self.me.user, user),
            trust=one.trust,
            compared=compared,
            comparison=one.comparison,
        )

    def _member(self, space: SpaceId, user: UserId) -> MemberRow:
        return next(one for one in self.details[space].members if one.user == user)

    async def check_space(self, space: SpaceId, tell: Callable[[int, int], None]) -> SpaceCheck:
        await self._enter("check_space")
        total = sum(one.size for one in self.files[space])
        tell(total // 3, total)
        if self.checking is not None:
            await self.checking.wait()
        return self.check or SpaceCheck(len(self.files[space]), total, (), ())

    async def custody_chain(
        self, space: SpaceId, known: CustodyChain | None = None
    ) -> CustodyChain:
        await self._enter("custody_chain")
        last = self.logs[space][-1] if self.logs[space] else None
        digest = bytes.fromhex(last.hash) if last else bytes(32)
        return CustodyChain(seq=last.seq if last else 0, hash=digest, at=NOW)

    async def write_paper(
        self, space: SpaceId, kind: PaperKind, path: Path, data: bytes, count: int = 0
    ) -> None:
        await self._enter("write_paper")
        newfile.create(path, lambda out: newfile.write_all(out, memoryview(data)))
        self.log(space, f"{kind}-printed", path.name, f"{count} {kind.counted}")
