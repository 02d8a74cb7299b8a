"""Device lists that a membership log names stay the ones it names: everybody must find them."""

from __future__ import annotations

from crypto import devicelist
from protocol.api import paths
from protocol.api.accounts import DeviceListReply, DeviceListUpdate
from protocol.ids import DeviceId
from tests.centralstore.client import Device, enrolled, read, refused
from tests.centralstore.team import open_space, team_of
from tests.support import people
from tests.support.store import StoreHandle


def _second(device: Device) -> DeviceListUpdate:
    """The list of `device` with another one added."""
    other = people.make_person("another device of " + device.person.name)
    signed = devicelist.add_device(
        device.person.signed_list,
        device.person.usk,
        DeviceId(other.device),
        other.dsk.public,
        other.dik.public,
    )
    return DeviceListUpdate(device_list=signed)


def test_a_list_grows_while_no_membership_names_it(store: StoreHandle) -> None:
    lone = enrolled(store, "a lone one")
    path = paths.device_list(lone.person.user)
    update = _second(lone)
    assert read(lone.ask("PUT", path, update), DeviceListReply).device_list == update.device_list


def test_a_member_cannot_exchange_the_list_that_newcomers_need(store: StoreHandle) -> None:
    team, (_, bad) = team_of(store, "an administrator", "a bad member")
    path = paths.device_list(bad.person.user)
    update = _second(bad)
    assert refused(bad.ask("PUT", path, update)) == (409, "conflict")
    team.remove(bad)
    assert refused(bad.ask("PUT", path, update)) == (409, "conflict")
    shown = read(bad.ask("GET", path), DeviceListReply)
    assert shown.device_list == bad.person.signed_list


def test_the_one_who_opened_a_space_cannot_either(store: StoreHandle) -> None:
    lone = enrolled(store, "somebody with a space")
    open_space(lone)
    path = paths.device_list(lone.person.user)
    assert refused(lone.ask("PUT", path, _second(lone))) == (409, "conflict")
