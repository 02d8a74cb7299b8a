"""A plain HTTP client with a person's keys: what a device says to the store, nothing more."""

from __future__ import annotations

import base64
import ssl
from dataclasses import replace
from typing import Any, TypeVar

import httpx
import msgspec

from crypto import devicelist, signatures
from protocol import invitation
from protocol.api import paths
from protocol.api.accounts import (
    ChallengeReply,
    DeviceListUpdate,
    EnrolRequest,
    PrekeyUpload,
    Problem,
    SessionReply,
    SessionRequest,
)
from protocol.ids import UserId
from protocol.receipts import Login
from tests.support.people import Person, make_person
from tests.support.store import StoreHandle

T = TypeVar("T", bound=msgspec.Struct)


def context() -> ssl.SSLContext:
    """TLS without names: these tests compare the fingerprint where it matters."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made


def wire(store: StoreHandle) -> httpx.Client:
    """A client without a session."""
    return httpx.Client(base_url=store.url, verify=context(), timeout=120)


class Device:
    """One enrolled, signed-in device."""

    def __init__(self, store: StoreHandle, person: Person, http: httpx.Client) -> None:
        self.store, self.person, self.http = store, person, http
        self.token = ""

    def sign_in(self, certificate: bytes | None = None) -> httpx.Response:
        """Challenge, signed Login, session."""
        nonce = read(self.http.post(paths.CHALLENGES), ChallengeReply).nonce
        login = Login(
            version=1,
            device=self.person.device,
            nonce=nonce,
            certificate=certificate or bytes.fromhex(self.store.fingerprint),
        )
        return self.sign_in_with(signatures.sign(self.person.dsk, self.person.device, login))

    def sign_in_with(self, login: bytes) -> httpx.Response:
        """Present a signed Login."""
        answer = self.http.post(
            paths.SESSIONS, content=msgspec.json.encode(SessionRequest(login=login))
        )
        if answer.status_code == 201:
            self.token = read(answer, SessionReply).token
        return answer

    def ask(
        self, method: str, path: str, body: msgspec.Struct | None = None, **more: Any
    ) -> httpx.Response:
        """One signed-in request."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if body is not None:
            more["content"] = msgspec.json.encode(body)
        return self.http.request(method, path, headers=headers, **more)

    def hand_in(self, signed_list: bytes) -> httpx.Response:
        """PUT the next device list; the person has it when the store took it."""
        update = DeviceListUpdate(device_list=signed_list)
        answer = self.ask("PUT", paths.device_list(self.person.user), update)
        if answer.is_success:
            self.person = replace(self.person, signed_list=signed_list)
        return answer

    def revoke(self, other: Device) -> httpx.Response:
        """Take another device of the same person off the list."""
        mine = self.person
        return self.hand_in(
            devicelist.revoke_device(mine.signed_list, mine.usk, other.person.device)
        )


def known_as(text: str, name: str) -> Person:
    """The person of that name, under the user id of an invitation."""
    person = make_person(name)
    user = UserId(invitation.from_text(text).user)
    signed = devicelist.first_list(
        user, person.usk, person.device, person.dsk.public, person.dik.public
    )
    return replace(person, user=user, signed_list=signed)


def enrolment(text: str, person: Person) -> EnrolRequest:
    """What a device sends to enrol: its list and one bundle."""
    return EnrolRequest(
        user=person.user,
        code=invitation.from_text(text).code,
        device_list=person.signed_list,
        prekeys=prekeys_of(person),
    )


def prekeys_of(person: Person) -> PrekeyUpload:
    """One bundle as its device publishes it."""
    bundle = person.bundle()
    once = () if bundle.one_time is None else (bundle.one_time,)
    kems = () if bundle.kem is None else (bundle.kem,)
    return PrekeyUpload(signed=bundle.signed, one_time=once, kems=kems)


def enrolled(
    store: StoreHandle, name: str, country: str = "NL", party: str = "member-state"
) -> Device:
    """Invite, enrol and sign in."""
    text = store.invite(name, country=country, party=party)
    device = Device(store, known_as(text, name), wire(store))
    body = msgspec.json.encode(enrolment(text, device.person))
    answer = device.http.post(paths.ENROLMENTS, content=body)
    assert answer.status_code == 201, answer.text
    assert device.sign_in().status_code == 201
    return device


def read(answer: httpx.Response, kind: type[T]) -> T:
    """A success, decoded."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return msgspec.json.decode(answer.content, type=kind)


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.status == answer.status_code
    return answer.status_code, problem.code


def b64(data: bytes) -> str:
    """Bytes as JSON carries them."""
    return base64.b64encode(data).decode()


def linked(device: Device, name: str) -> Device:
    """A further device of the same person: on the list that `device` hands in, and signed in."""
    other = make_person(name)
    old = device.person
    signed = devicelist.add_device(
        old.signed_list, old.usk, other.device, other.dsk.public, other.dik.public
    )
    device.hand_in(signed)
    mine = replace(other, user=old.user, root=old.root, usk=old.usk, signed_list=signed)
    made = Device(device.store, mine, wire(device.store))
    assert made.sign_in().status_code == 201, "the device that is there did not list it"
    assert made.ask("PUT", paths.PREKEYS, prekeys_of(mine)).is_success
    return made
