"""A member whose name is drawn like another's, by himself or by the store that names people."""

from __future__ import annotations

import argparse
import json

import pytest
from msgspec.structs import replace

from jitclient.cli import accounts, messages, spaces
from jitclient.cli.output import Output
from protocol.api.accounts import User, UsersReply
from protocol.ids import UserId
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = {
    "cyrillic": "\u0412run\u043e K\u0435ller",
    "zero-width": "Bruno\u200d Keller",
    "mixed": "Brun\u03bf Keller",
    "width": "\uff22runo Keller",
    "case": "bruno KELLER",
    "no space": "BrunoKeller",
    "marks": "Br\u00fan\u00f6 Keller",
    "direction": "\u202eBruno Keller",
    "the same": "Bruno Keller",
}
LIKE_BRUNO = "This name looks like that of Bruno Keller (Bundeskriminalamt, DE)."


async def renamed(team: HostileTeam, name: str, **more: str) -> None:
    """The directory calls Eva something else, and Ana has read it."""
    eva = team.user("eva")

    def change(reply: UsersReply) -> UsersReply:
        def other(user: User) -> User:
            return replace(user, name=name, **more) if user.id == eva else user

        return replace(reply, users=tuple(other(u) for u in reply.users))

    deed = team.hostile.rewrites(UsersReply, "/v1/users$", change, to=team.device("ana"))
    await team["ana"].people()
    assert deed.count == 1


async def honest_again(team: HostileTeam) -> None:
    """Eva has her own name again."""
    team.hostile.behave()
    await team["ana"].people()


async def notes(team: HostileTeam) -> dict[UserId, str]:
    """What Ana is told about the names of the members."""
    detail = await team["ana"].space(team.space)
    return {m.user: m.name_note for m in detail.members if m.name_note}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_that_looks_like_another_members_is_marked_wherever_it_stands(
    team: HostileTeam, name: str
) -> None:
    eva, bruno = team.user("eva"), team.user("bruno")
    await renamed(team, name)

    said = await notes(team)
    assert set(said) == {eva, bruno}
    assert said[eva].endswith(LIKE_BRUNO)
    assert "(Europol, NL)." in said[bruno]
    rows = await team["ana"].messages(team.space)
    marked = {r.author: r for r in rows if r.author_note}
    assert marked[eva].author_note == said[eva]
    assert (marked[eva].author_authority, marked[eva].author_country) == ("Europol", "NL")
    listed = {p.user: p.name_note for p in await team["ana"].people()}
    assert listed[eva].endswith(LIKE_BRUNO)

    await honest_again(team)
    assert await notes(team) == {}
    assert not any(r.author_note for r in await team["ana"].messages(team.space))


async def test_where_authority_and_country_are_the_same_too_the_id_tells_them_apart(
    team: HostileTeam,
) -> None:
    await renamed(team, "Brun\u043e Keller", authority="Bundeskriminalamt", country="DE")

    said = await notes(team)
    assert f"user {team.user('bruno').hex()[:8]}" in said[team.user("eva")]
    assert f"user {team.user('eva').hex()[:8]}" in said[team.user("bruno")]
    await honest_again(team)


async def test_a_name_that_looks_like_ones_own_is_marked(team: HostileTeam) -> None:
    await renamed(team, "\u0410na Lima")

    assert (await notes(team))[team.user("eva")].endswith("This name looks like yours.")
    await honest_again(team)


async def test_a_name_of_two_alphabets_is_marked_though_it_is_like_nobodys(
    team: HostileTeam,
) -> None:
    await renamed(team, "Eva M\u043ereau")

    assert "different alphabets" in (await notes(team))[team.user("eva")]
    await honest_again(team)


async def test_a_removed_member_is_not_succeeded_unseen(team: HostileTeam) -> None:
    """His lines stand in the conversation still."""
    space = await team.new_space("JIT 2026/901", "bruno", "eva")
    await team["ana"].remove_member(space, team.user("bruno"), "Left the team")
    await renamed(team, "Brun\u043e Keller")

    detail = await team["ana"].space(space)
    (eva,) = [m for m in detail.members if m.user == team.user("eva")]
    assert eva.name_note.endswith(LIKE_BRUNO)
    assert [bool(m.name_note) for m in detail.removed] == [True]
    await honest_again(team)


async def test_the_command_line_marks_the_name_in_every_list(
    team: HostileTeam, capsys: pytest.CaptureFixture[str]
) -> None:
    await renamed(team, "Brun\u043e Keller")
    capsys.readouterr()
    args = argparse.Namespace(space=team.space.hex(), limit=50)
    lines: list[str] = []
    for command in (spaces.show, accounts.user_list, messages.listing):
        await command(team["ana"], args, Output(as_json=False))
        lines = capsys.readouterr().out.splitlines()
        assert any(li.startswith("! ") and li.endswith(LIKE_BRUNO) for li in lines), lines
    assert any("Brun\u043e Keller (Europol, NL): eva is here." in li for li in lines)

    await spaces.show(team["ana"], args, Output(as_json=True))
    shown = json.loads(capsys.readouterr().out)
    assert {m["id"] for m in shown["members"] if m["name_note"]} == {
        team.user("eva").hex(),
        team.user("bruno").hex(),
    }
    await honest_again(team)
