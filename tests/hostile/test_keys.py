"""Keys: a store that shows its own in somebody's place, at first contact and later."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from crypto import devicelist, fingerprint, signatures
from jitclient.__main__ import main
from jitclient.errors import KeyChangedError
from jitclient.views import Trust
from protocol import codec
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.errors import (
    EXIT_VERIFICATION,
    ForgedError,
    KeySubstitutedError,
    NotPermittedError,
    VerificationError,
)
from protocol.ids import SpaceId, UserId, mailbox_id
from protocol.membership import EntryKind
from tests.support.hostile_log import (
    actor,
    addition,
    entry,
    list_of,
    roster,
    serves_entries,
    serves_list,
)
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store, dita
from tests.support.people import make_person
from tests.support.people_at_work import PASSPHRASE, evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY = make_person("mallory")


async def first_contact(team: HostileTeam, agreement: str) -> tuple[SpaceId, UserId, str]:
    """Ana meets Dita in a space for verified members; the store shows its own keys as Dita's."""
    await team["ana"].sync_now()  # the directory names Dita
    user = dita(team)
    true = devicelist.read_list(await team["ana"].api.device_list(user), user)
    false = list_of(MALLORY, user)
    assert team.hostile.substitutes(user, false) == 1
    space = await team["ana"].create_space(
        agreement=agreement, signed_on="2026-05-01", title="Verified", verified_only=True
    )
    await team["ana"].add_member(space, user)
    await team["ana"].sync_now()
    return space, user, number_of(team, user, true)


def number_of(team: HostileTeam, user: UserId, listed: DeviceList) -> str:
    """The safety number that Ana and the true Dita would read to each other."""
    session = team.session("ana")
    mine = session.logs[team.space].lists[session.user].user_key
    return fingerprint.safety_number(
        (session.user, codec.encode(mine)), (user, codec.encode(listed.user_key))
    )


async def test_a02_at_first_contact_a_false_key_gets_no_evidence_and_fails_the_comparison(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with at_work_with_hostile_store(template, tmp_path / "team", "ana") as team:
        space, user, digits = await first_contact(team, "JIT 2026/91")
        member = next(m for m in (await team["ana"].space(space)).members if m.user == user)
        assert member.trust is Trust.UNVERIFIED

        source = evidence_file(tmp_path, "phone.img", 10_000)
        with pytest.raises(NotPermittedError, match="Dita Novak is not verified"):
            await team["ana"].add_evidence(space, source, to=[user])
        assert await team["ana"].exhibits(space) == ()
        with pytest.raises(VerificationError, match="Dita Novak"):
            await team["ana"].verify(space, user, digits)

        await team.lock("ana")
        secret = tmp_path / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        words = ["--profile", str(team.profile("ana")), "--passphrase-file", str(secret)]
        words += ["verify", space.hex(), user.hex(), "--number", digits]
        status = await asyncio.to_thread(main, words)
        said = capsys.readouterr().err

        assert status == EXIT_VERIFICATION == 76
        assert "Dita Novak" in said
        assert "Do not send evidence" in said
        assert not any("/files" in e.path for e in team.hostile.seen)


async def test_a02_another_key_in_the_directory_later_adds_nobody(team: HostileTeam) -> None:
    space = await team["ana"].create_space(
        agreement="JIT 2026/92", signed_on="2026-05-01", title="Later"
    )
    bruno = team.user("bruno")
    deed = serves_list(team, bruno, list_of(MALLORY, bruno), "ana")
    with pytest.raises(KeySubstitutedError, match="Bruno Keller"):
        await team["ana"].add_member(space, bruno)

    assert deed.count == 1
    assert bruno not in {m.user for m in (await team["ana"].space(space)).members}
    assert mailbox_id(space, MALLORY.device) not in team.hostile.addressed()
    await team.named("ana", "key-substituted", "Bruno Keller", "safety number")


async def test_a02_another_key_in_a_log_later_gets_nothing_before_a_person_decides(
    team: HostileTeam,
) -> None:
    """Bruno administers a space, and adds "Eva" with keys that are not hers."""
    space = await team["bruno"].create_space(
        agreement="JIT 2026/93", signed_on="2026-05-01", title="Bruno's"
    )
    await team["bruno"].add_member(space, team.user("ana"))
    await team.settle("bruno", "ana", rounds=2)
    eva = team.user("eva")
    false = list_of(MALLORY, eva)
    shown = serves_list(team, eva, false, "ana")
    made = entry(
        roster(team, "bruno", space),
        EntryKind.ADD,
        actor(team, "bruno"),
        team.session("bruno").signing,
        **addition(MALLORY, eva, false),
    )
    deed = serves_entries(team, space, "ana", made)
    await team["ana"].sync_now()
    with pytest.raises(KeyChangedError, match="Eva Moreau"):
        await team["ana"].send(space, "to the true members")
    await team["ana"].sync_now()

    assert deed.count >= 1
    assert shown.count >= 1
    trust = {m.user: m.trust for m in (await team["ana"].space(space)).members}
    assert trust[eva] is Trust.CHANGED
    assert mailbox_id(space, MALLORY.device) not in team.hostile.addressed()
    assert eva in {row.user for row in await team["ana"].key_changes()}
    await team.named("ana", "key-changed", "Eva Moreau", "Bruno Keller")
    await team["ana"].send(team.space, "where Eva stands by her own key nothing waits")


async def test_a02_another_key_behind_a_true_entry_is_refused(team: HostileTeam) -> None:
    """The log is Ana's; only the device list that Bruno fetches for Eva is exchanged."""
    space = await team.new_space("JIT 2026/94", "bruno")
    eva = team.user("eva")
    deed = serves_list(team, eva, list_of(MALLORY, eva), "bruno")
    await team["ana"].add_member(space, eva)
    await team["bruno"].sync_now()
    await team["bruno"].send(space, "before Eva is here")
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert mailbox_id(space, MALLORY.device) not in team.hostile.addressed()
    await team.named("bruno", "key-substituted", "Eva Moreau")

    team.hostile.behave()
    await team.settle("bruno", "eva", "bruno", "eva", rounds=1)
    assert eva in {m.user for m in (await team["bruno"].space(space)).members}


async def test_a04_a_forged_device_list_at_first_contact_adds_nobody(team: HostileTeam) -> None:
    """A device is slipped into Dita's list; the store cannot sign it with her key."""
    user = dita(team)
    true = await team["ana"].api.device_list(user)
    signed = signatures.parse(true)
    listed = signatures.peek(true, DeviceList)
    ghost = DeviceEntry(
        version=1,
        device=MALLORY.device,
        signing=MALLORY.dsk.public,
        identity=MALLORY.dik.public,
        added_seq=1,
    )
    body = msgspec.msgpack.encode(replace(listed, devices=(*listed.devices, ghost)))
    deed = serves_list(team, user, msgspec.msgpack.encode(replace(signed, body=body)), "ana")
    space = await team["ana"].create_space(
        agreement="JIT 2026/95", signed_on="2026-05-01", title="Ghost device"
    )
    with pytest.raises(ForgedError, match="Dita Novak"):
        await team["ana"].add_member(space, user)

    assert deed.count == 1
    assert len((await team["ana"].space(space)).members) == 1
    await team.named("ana", "forged", "Dita Novak", "not added")
