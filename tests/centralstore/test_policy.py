from __future__ import annotations

import dataclasses
import itertools

import pytest

from centralstore.policy import Act, Facts, Ruling, decide
from protocol.api.files import FileState
from protocol.roles import Role

FILE_ACTS = (
    Act.READ_FILE,
    Act.PUT_PART,
    Act.GET_PART,
    Act.COMPLETE_FILE,
    Act.PROVE_FILE,
    Act.WITHDRAW_FILE,
)
NEW = (
    Act.APPEND_LOG,
    Act.CLAIM_BUNDLE,
    Act.POST_MESSAGE,
    Act.ANNOUNCE_FILE,
    Act.PUT_PART,
    Act.COMPLETE_FILE,
)
OWNER = Facts(role=Role.PROSECUTOR, uploader=True, uploading_device=True, state=FileState.RECEIVING)
READER = Facts(role=Role.INVESTIGATOR, recipient=True, state=FileState.COMPLETE)


@pytest.mark.parametrize("act", Act)
def test_a_stranger_finds_nothing(act: Act) -> None:
    for state in (None, *FileState):
        facts = Facts(role=None, state=state, uploader=True, recipient=True, uploading_device=True)

        assert decide(act, facts) is Ruling.UNKNOWN


def test_somebody_removed_may_read_the_log_and_report_his_wipe_only() -> None:
    allowed = {act for act in Act if decide(act, Facts(role=None, former=True)) is Ruling.ALLOWED}

    assert allowed == {Act.READ_LOG, Act.POST_WIPE}


@pytest.mark.parametrize("role", [Role.THIRD_COUNTRY, Role.INTERNATIONAL])
def test_third_parties_upload_nothing(role: Role) -> None:
    for act in (Act.ANNOUNCE_FILE, Act.PUT_PART, Act.COMPLETE_FILE):
        assert decide(act, dataclasses.replace(OWNER, role=role)) is Ruling.FORBIDDEN


@pytest.mark.parametrize("role", Role)
def test_a_designated_controller_opens_uploads_and_nothing_else(role: Role) -> None:
    plain = dataclasses.replace(OWNER, role=role)
    controlled = dataclasses.replace(plain, controlled=True)
    changed = {act for act in Act if decide(act, controlled) is not decide(act, plain)}

    outside = role in (Role.THIRD_COUNTRY, Role.INTERNATIONAL)
    assert changed == ({Act.ANNOUNCE_FILE, Act.PUT_PART, Act.COMPLETE_FILE} if outside else set())


@pytest.mark.parametrize("role", Role)
def test_ones_own_file_can_always_be_withdrawn(role: Role) -> None:
    assert decide(Act.WITHDRAW_FILE, dataclasses.replace(OWNER, role=role)) is Ruling.ALLOWED


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, NEW)))
def test_a_closed_space_takes_nothing_new_from_anybody(role: Role, act: Act) -> None:
    facts = dataclasses.replace(OWNER, role=role, closed=True)

    assert decide(act, facts) in (Ruling.CLOSED, Ruling.FORBIDDEN)


def test_the_last_members_still_read_log_and_wipes_of_a_closed_space() -> None:
    facts = Facts(role=Role.SECONDED, closed=True)

    for act in (Act.READ_LOG, Act.READ_WIPES, Act.POST_WIPE):
        assert decide(act, facts) is Ruling.ALLOWED


@pytest.mark.parametrize("act", FILE_ACTS)
@pytest.mark.parametrize("state", FileState)
def test_a_file_does_not_exist_for_members_it_is_not_meant_for(act: Act, state: FileState) -> None:
    assert decide(act, Facts(role=Role.ADMINISTRATOR, state=state)) is Ruling.UNKNOWN


@pytest.mark.parametrize(
    ("act", "facts", "ruling"),
    [
        (Act.PUT_PART, OWNER, Ruling.ALLOWED),
        (Act.PUT_PART, dataclasses.replace(OWNER, uploading_device=False), Ruling.UNKNOWN),
        (Act.PUT_PART, dataclasses.replace(OWNER, state=FileState.COMPLETE), Ruling.NOT_READY),
        (Act.PUT_PART, dataclasses.replace(OWNER, state=FileState.ERASED), Ruling.ERASED),
        (Act.PUT_PART, dataclasses.replace(OWNER, uploader=False), Ruling.UNKNOWN),
        (Act.PUT_PART, dataclasses.replace(OWNER, state=None), Ruling.UNKNOWN),
        (Act.COMPLETE_FILE, OWNER, Ruling.ALLOWED),
        (Act.COMPLETE_FILE, dataclasses.replace(OWNER, uploading_device=False), Ruling.UNKNOWN),
        (Act.COMPLETE_FILE, dataclasses.replace(OWNER, state=FileState.COMPLETE), Ruling.ALLOWED),
        (Act.COMPLETE_FILE, dataclasses.replace(OWNER, state=FileState.ERASED), Ruling.ERASED),
        (Act.GET_PART, READER, Ruling.ALLOWED),
        (Act.GET_PART, dataclasses.replace(READER, state=FileState.RECEIVING), Ruling.NOT_READY),
        (Act.GET_PART, dataclasses.replace(READER, state=FileState.ERASED), Ruling.ERASED),
        (Act.GET_PART, dataclasses.replace(READER, state=None), Ruling.UNKNOWN),
        (Act.GET_PART, dataclasses.replace(OWNER, state=FileState.COMPLETE), Ruling.ALLOWED),
        (Act.READ_FILE, OWNER, Ruling.ALLOWED),
        (Act.READ_FILE, READER, Ruling.ALLOWED),
        (Act.READ_FILE, dataclasses.replace(READER, state=FileState.ERASED), Ruling.ALLOWED),
        (Act.PROVE_FILE, READER, Ruling.ALLOWED),
        (Act.PROVE_FILE, OWNER, Ruling.UNKNOWN),
        (Act.PROVE_FILE, dataclasses.replace(READER, state=FileState.RECEIVING), Ruling.NOT_READY),
        (Act.PROVE_FILE, dataclasses.replace(READER, state=FileState.ERASED), Ruling.ERASED),
        (
            Act.PROVE_FILE,
            dataclasses.replace(READER, state=FileState.ERASED, proven=True),
            Ruling.ALLOWED,
        ),
        (Act.WITHDRAW_FILE, OWNER, Ruling.ALLOWED),
        (Act.WITHDRAW_FILE, READER, Ruling.UNKNOWN),
    ],
)
def test_files_by_state_and_person(act: Act, facts: Facts, ruling: Ruling) -> None:
    assert decide(act, facts) is ruling
