"""Two processes of one store, and requests that begin at the same moment."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
from sqlalchemy import Executable

from protocol.api import paths
from protocol.api.accounts import DeviceListReply
from tests.centralstore import client, team
from tests.centralstore.client import Device, read, wire
from tests.centralstore.team import Team
from tests.support.people import Person
from tests.support.store import StoreHandle

Pair = tuple[StoreHandle, StoreHandle]


def at(device: Device, process: StoreHandle) -> Device:
    """The same signed-in device, asking the other process."""
    there = Device(process, device.person, wire(process))
    there.token = device.token
    return there


def both(device: Device, pair: Pair) -> tuple[Device, Device]:
    return at(device, pair[0]), at(device, pair[1])


def at_once(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Let all begin together; their answers, none of them a failure of the store."""
    gate = threading.Barrier(len(acts))

    def go(act: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait(120)
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        answers = list(crowd.map(go, acts))
    assert all(answer.status_code < 500 for answer in answers), [a.text for a in answers]
    return answers


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def rows(store: StoreHandle, query: Executable) -> list[tuple[Any, ...]]:
    """A look into the database."""
    engine = store.engine()
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    engine.dispose()
    return found


def latest(device: Device) -> Person:
    """The person with the newest device list that the store has."""
    path = paths.device_list(device.person.user)
    signed = read(device.ask("GET", path), DeviceListReply).device_list
    return replace(device.person, signed_list=signed)


def enrol(process: StoreHandle, body: bytes) -> httpx.Response:
    """One enrolment."""
    with wire(process) as http:
        return http.post(paths.ENROLMENTS, content=body)


_NUMBERS = itertools.count()


def enrolled(process: StoreHandle, name: str) -> Device:
    """Somebody who was never here: the keys of a test person follow from the name."""
    return client.enrolled(process, f"{name}-{next(_NUMBERS)}-of-two")


def team_of(process: StoreHandle, *names: str) -> tuple[Team, tuple[Device, ...]]:
    """A space of people who were never here."""
    number = next(_NUMBERS)
    return team.team_of(process, *(f"{name}-{number}-in-team" for name in names))
