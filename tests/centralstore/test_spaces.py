from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from crypto import signatures
from crypto.devicelist import list_head
from protocol.api import paths
from protocol.api.accounts import Bundle, PrekeyUpload
from protocol.api.spaces import (
    AppendRequest,
    CreateSpaceRequest,
    LogReply,
    SpacesReply,
    SpaceSummary,
    WipesReply,
)
from protocol.membership import EntryKind, agreement_digest
from protocol.receipts import ReceiptKind
from protocol.roles import Party, Role
from tests.centralstore.client import enrolled, read, refused
from tests.centralstore.team import Team, open_space, signed_genesis, team_of, wiped
from tests.support.people import NOW, genesis
from tests.support.store import StoreHandle

YEAR_3000 = 32_503_680_000


def test_a_space_opens_once_per_agreement(store: StoreHandle) -> None:
    ana = enrolled(store, "ana")
    signed, roster = signed_genesis(ana, "JIT 1/2026")
    other, _ = signed_genesis(ana, "jit  1/2026", claimed_at=NOW + 7)

    first = ana.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))
    again = ana.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))
    second = ana.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=other))

    assert read(first, SpaceSummary) == read(again, SpaceSummary)
    assert read(first, SpaceSummary).id == roster.space
    assert refused(second) == (409, "agreement-in-use")


def test_a_union_body_opens_no_space(store: StoreHandle) -> None:
    europol = enrolled(store, "europol", "EU", "union-body")
    lie, _ = signed_genesis(europol, "JIT 2/2026", party=Party.MEMBER_STATE)

    answer = europol.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=lie))

    assert refused(answer) == (409, "party-differs")


@pytest.mark.parametrize(
    ("day", "opened", "why"),
    [
        ("2999-01-01", NOW, (409, "agreement-date")),
        ("2026-02-30", NOW, (409, "agreement-date")),
        ("2999-01-01", YEAR_3000, (400, "bad-input")),  # by its own words, not by the store's clock
    ],
)
def test_an_agreement_is_signed_on_a_day_that_was(
    store: StoreHandle, day: str, opened: int, why: tuple[int, str]
) -> None:
    bea = enrolled(store, f"bea{day}{opened}")
    made = replace(genesis(bea.person), signed_on=day, claimed_at=opened)
    signed = signatures.sign(bea.person.dsk, bea.person.device, made)

    answer = bea.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))

    assert refused(answer) == why


def test_a_space_is_opened_for_an_agreement_with_a_reference(store: StoreHandle) -> None:
    bea = enrolled(store, "bea-nameless")
    made = replace(genesis(bea.person), agreement=agreement_digest("  "))
    signed = signatures.sign(bea.person.dsk, bea.person.device, made)

    answer = bea.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))

    assert refused(answer) == (409, "agreement-reference")


def test_a_genesis_of_another_device_is_refused(store: StoreHandle) -> None:
    cleo, dana = enrolled(store, "cleo"), enrolled(store, "dana")
    signed, _ = signed_genesis(cleo, "JIT 3/2026")

    answer = dana.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))

    assert refused(answer) == (403, "forged")


def test_nobody_speaks_for_another_in_a_log(store: StoreHandle) -> None:
    team, (ivy, joy) = team_of(store, "ivy", "joy")
    borrowed, _ = signed_genesis(
        ivy,
        "JIT 4/2026",
        actor_user=joy.person.user,
        user_key=joy.person.user_key,
        list_head=list_head(joy.person.signed_list),
    )
    entry = msgspec.structs.replace(team.entry(EntryKind.CLOSE), actor_user=ivy.person.user)

    answer = ivy.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=borrowed))

    assert refused(answer) == (403, "forged")
    assert refused(team.hand_in(entry, by=joy)) == (403, "forged")


def test_the_log_grows_at_its_head_only(store: StoreHandle) -> None:
    team, (ada, ben) = team_of(store, "ada", "ben")
    carl = enrolled(store, "carl")
    stale = Team(ada, team.roster)

    assert team.add(carl).status_code == 201
    assert refused(stale.hand_in(stale.entry(EntryKind.CLOSE))) == (409, "log-moved")
    log = read(ben.ask("GET", paths.log(team.space)), LogReply)
    assert (len(log.entries), log.seq) == (3, 2)
    tail = read(ben.ask("GET", paths.log(team.space), params={"from": 2}), LogReply)
    assert tail.entries == log.entries[2:]


def test_an_entry_repeated_after_a_lost_answer_counts_once(store: StoreHandle) -> None:
    team, (amy, bob) = team_of(store, "amy", "bob-r")
    entry = team.entry(EntryKind.CLOSE)
    signed = signatures.sign(amy.person.dsk, amy.person.device, entry)
    request = AppendRequest(entry=signed)

    first = amy.ask("POST", paths.log(team.space), request)
    again = amy.ask("POST", paths.log(team.space), request)

    assert read(first, SpaceSummary) == read(again, SpaceSummary)
    assert read(again, SpaceSummary).closed
    assert read(bob.ask("GET", paths.log(team.space)), LogReply).seq == 2


def test_the_party_in_the_log_is_the_party_in_the_directory(store: StoreHandle) -> None:
    team, _ = team_of(store, "abe")
    ferry = enrolled(store, "ferry", "US", "third-country")

    answer = team.add(ferry, Role.INVESTIGATOR, Party.MEMBER_STATE)

    assert refused(answer) == (409, "party-differs")
    assert team.add(ferry, Role.THIRD_COUNTRY, Party.THIRD_COUNTRY).is_success


def test_keys_the_directory_does_not_know_enter_no_log(store: StoreHandle) -> None:
    team, (_, gil) = team_of(store, "ali", "gil")
    hal = enrolled(store, "hal")
    entry = team.entry(EntryKind.ADD, hal, Role.INVESTIGATOR, Party.MEMBER_STATE)
    swapped = msgspec.structs.replace(entry, user_key=gil.person.user_key)

    assert refused(team.hand_in(swapped)) == (403, "forged")


def test_only_an_administrator_changes_members(store: StoreHandle) -> None:
    team, (_, bo) = team_of(store, "ann", "bo")
    iva = enrolled(store, "iva")
    entry = team.entry(EntryKind.ADD, iva, Role.INVESTIGATOR, Party.MEMBER_STATE, actor=bo)

    assert refused(team.hand_in(entry, by=bo)) == (403, "not-administrator")


def test_strangers_and_the_unknown_get_the_same_answer(store: StoreHandle) -> None:
    team, _ = team_of(store, "aki")
    eve = enrolled(store, "eve")
    nowhere = type(team.space)(bytes(16))

    for path in (paths.log, paths.wipes):
        forbidden, unknown = eve.ask("GET", path(team.space)), eve.ask("GET", path(nowhere))
        assert refused(forbidden) == refused(unknown) == (404, "not-found")
        assert forbidden.content == unknown.content


def test_spaces_list_ones_own(store: StoreHandle) -> None:
    team, (_, lea) = team_of(store, "alf", "lea")
    open_space(team.admin)

    assert [s.id for s in read(lea.ask("GET", paths.SPACES), SpacesReply).spaces] == [team.space]


def test_somebody_removed_reads_the_log_to_his_removal_and_nothing_after(
    store: StoreHandle,
) -> None:
    team, (_, mia, noa) = team_of(store, "aly", "mia", "noa")
    team.remove(mia)
    team.add(enrolled(store, "oli"))

    log = read(mia.ask("GET", paths.log(team.space)), LogReply)

    assert log.seq == 3
    assert len(log.entries) == 4
    assert read(mia.ask("GET", paths.SPACES), SpacesReply).spaces == ()
    assert refused(mia.ask("GET", paths.wipes(team.space))) == (404, "not-found")
    assert read(noa.ask("GET", paths.log(team.space)), LogReply).seq == 4


def test_a_bundle_goes_to_members_only_and_its_one_time_keys_go_once(store: StoreHandle) -> None:
    team, (asa, pia) = team_of(store, "asa", "pia")
    eve = enrolled(store, "eve-b")
    path = paths.bundle(team.space, pia.person.device)

    first = read(asa.ask("POST", path), Bundle)
    second = read(asa.ask("POST", path), Bundle)

    assert first.one_time is not None
    assert first.kem is not None
    assert (second.one_time, second.kem) == (None, None)
    assert first.signed == second.signed
    assert refused(eve.ask("POST", path)) == (404, "not-found")
    stranger = paths.bundle(team.space, eve.person.device)
    assert refused(asa.ask("POST", stranger)) == (404, "not-found")
    pia.ask("PUT", paths.PREKEYS, _upload_again(first))
    assert read(asa.ask("POST", path), Bundle).one_time is None


def _upload_again(bundle: Bundle) -> PrekeyUpload:
    assert bundle.one_time is not None
    return PrekeyUpload(one_time=(bundle.one_time,))


def test_wipe_receipts_come_from_the_device_that_wiped(store: StoreHandle) -> None:
    team, (asta, quin) = team_of(store, "asta", "quin")
    team.close()
    path = paths.wipes(team.space)

    assert quin.ask("POST", path, wiped(team, quin)).status_code == 204
    assert quin.ask("POST", path, wiped(team, quin)).status_code == 204
    assert refused(quin.ask("POST", path, wiped(team, asta))) == (403, "forged")
    wrong = wiped(team, asta, ReceiptKind.DELIVERED)
    assert refused(asta.ask("POST", path, wrong)) == (403, "forged")
    assert len(read(asta.ask("GET", path), WipesReply).receipts) == 1


def test_a_later_wipe_receipt_of_a_device_takes_the_place_of_its_earlier_one(
    store: StoreHandle,
) -> None:
    """Something was in use when it wiped, and is gone now; order is what its chain says."""
    team, (zelda, zeno) = team_of(store, "zelda", "zeno")
    team.close()
    path = paths.wipes(team.space)
    third, second = wiped(team, zeno, seq=3), wiped(team, zeno, seq=2)

    assert zeno.ask("POST", path, wiped(team, zeno)).status_code == 204
    assert zeno.ask("POST", path, third).status_code == 204
    assert zeno.ask("POST", path, second).status_code == 204

    assert read(zelda.ask("GET", path), WipesReply).receipts == (third.receipt,)
